import type { Check, SourceFile } from './source-file.ts'

const SPEC = 'shared/SPEC.md'
/** Its examples are no titles of ours. */
const OWN_TEST = 'bin/checks/spec.test.ts'
const RULE = /^- \**([A-Z]+\d+)\**:? /gm
/** A text in a test file that begins with ids: a title. */
const TITLE = /(['"`])((?:[A-Z]{2,}\d+(?:, | and |\/| ))+)(?=\S)/g
/** A title given on the spot that begins with something else. */
const UNNAMED = /\b(?:test|it)\(\s*(['"`])(?![A-Z]{2,}\d+[ ,/])([^\n]{0,60})/g

/** Every rule has a test, every test a rule. */
export const checkSpec: Check = (files) => {
  const spec = files.find(({ path }) => path === SPEC)
  const rules = [...(spec?.text ?? '').matchAll(RULE)].map((match) => match[1] as string)
  const tests = files.filter(({ isTest }) => isTest).map(withoutExamples)
  const tested = new Map<string, string>()
  for (const file of tests) for (const id of titledIds(file)) tested.set(id, file.path)
  const known = new Set(rules)
  return [
    ...rules
      .filter((id, index) => rules.indexOf(id) !== index)
      .map((id) => ({ path: SPEC, what: `two rules are called ${id}` })),
    ...[...known].filter((id) => !tested.has(id)).map((id) => ({ path: SPEC, what: `no test shows ${id}` })),
    ...[...tested]
      .filter(([id]) => !known.has(id))
      .map(([id, path]) => ({ path, what: `${SPEC} has no rule ${id}` })),
    ...tests.flatMap((file) =>
      [...file.text.matchAll(UNNAMED)].map((match) => ({
        path: file.path,
        what: `the title "${match[2]}" begins with no rule of ${SPEC}`,
      })),
    ),
  ]
}

function withoutExamples(file: SourceFile): SourceFile {
  return file.path === OWN_TEST ? { ...file, text: file.text.replaceAll(/"[^"]*"|LOG\d+/g, '') } : file
}

function titledIds(file: SourceFile): string[] {
  return [...file.text.matchAll(TITLE)].flatMap((match) => (match[2] as string).match(/[A-Z]+\d+/g) ?? [])
}
