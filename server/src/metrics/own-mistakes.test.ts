import { expect, test } from 'vitest'
import project from '../../../package.json' with { type: 'json' }
import { testApp } from '../test-app.ts'
import { noteMistake } from './mistakes.ts'
import { exceptions, testCollector } from './test-collector.ts'

const { url, told } = await testCollector()
const { app } = await testApp({ ERROR_REPORT_URL: url })

test('ERR7 whatever is said in the name of the widget, our own mistakes are counted and reported', async () => {
  for (let n = 0; n < 120; n += 1)
    await app.inject({
      method: 'POST',
      url: '/v1/faults',
      payload: {
        release: `9.9.${n}`,
        code: `Code${String.fromCharCode(65 + (n % 26), 65 + n / 26)}`,
        at: [],
      },
    })
  expect(await exceptions('where="widget",release="other",code="other"')).toBeGreaterThan(0)
  noteMistake(new RangeError())
  expect(await exceptions(`where="server",release="${project.version}",code="RangeError"`)).toBe(1)
  expect(await told('RangeError')).toMatchObject({ where: 'server' })
})
