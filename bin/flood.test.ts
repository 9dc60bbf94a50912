import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { ROOT } from './root.ts'

function flood(...args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['bin/flood.ts', ...args], { cwd: ROOT })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })))
}

test('BENCH7 a rehearsal refuses other machines that are not named twice, and what is out of bounds', async () => {
  const room = ['--room', 'acme/keynote']
  const refused = [
    { args: [...room, '--url', 'https://news.example'], why: 'news.example is another machine' },
    {
      args: [...room, '--url', 'https://news.example', '--yes-really', 'other.example'],
      why: 'news.example is another machine',
    },
    { args: [...room, '--readers', '100001'], why: '--readers is from 1 to 100000' },
    { args: [...room, '--rate', 'many'], why: '--rate is from' },
    { args: [], why: 'which room?' },
  ]
  for (const { args, why } of refused) {
    const { code, said } = await flood(...args)
    expect([code, said]).toEqual([2, expect.stringContaining(why)])
  }
})
