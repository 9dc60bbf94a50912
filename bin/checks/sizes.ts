import type { Check, SourceFile } from './source-file.ts'

const MEDIAN = 80
const NINE_IN_TEN = 200
const MOST = 300

/** Small files, in lines. The shares count what runs in the product; no file at all is longer than the most. */
export const checkSizes: Check = (files) => {
  const code = files.filter(({ path }) => /\.tsx?$/.test(path))
  const tooLong = code
    .filter((file) => lines(file) > MOST)
    .map((file) => ({ path: file.path, what: `${lines(file)} lines: at most ${MOST}` }))
  const sizes = code
    .filter(({ path, isTest }) => /^(server|shared|widget|dashboard)\/src\//.test(path) && !isTest)
    .map(lines)
    .sort((a, b) => a - b)
  const at = (share: number): number => sizes[Math.max(0, Math.ceil(sizes.length * share) - 1)] ?? 0
  const shares = [
    { share: 0.5, limit: MEDIAN, name: 'the median' },
    { share: 0.9, limit: NINE_IN_TEN, name: 'nine in ten' },
  ].flatMap(({ share, limit, name }) =>
    at(share) > limit ? [{ path: '*', what: `${name} has ${at(share)} lines: at most ${limit}` }] : [],
  )
  return [...tooLong, ...shares]
}

function lines(file: SourceFile): number {
  return file.text.split('\n').length - 1
}
