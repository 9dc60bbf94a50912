import { halley } from './halley.ts'

process.exitCode = await halley(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})
