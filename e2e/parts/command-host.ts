import type { CommandAnswer, CommandLine } from './command-line.ts'

// A process in which one command line after another runs, so that the program is loaded once and not for each of them.
const { halley } = await import(process.argv[2] as string)

process.on('message', async ({ id, args, env }: CommandLine) => {
  const said = { out: '', err: '' }
  const status: number = await halley(args, {
    env,
    out: (text: string) => {
      said.out += text
    },
    err: (text: string) => {
      said.err += text
    },
  })
  const answer: CommandAnswer = { id, status, ...said }
  process.send?.(answer)
})
