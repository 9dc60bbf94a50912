/** What was asked, or a rejection with `late` after so many milliseconds, whatever holds the answer up. */
export async function deadline<T>(asked: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms)
  })
  try {
    return await Promise.race([asked, end])
  } finally {
    clearTimeout(timer)
  }
}
