import { describe, expect, test } from 'vitest'
import { comesFromHome, staysAtHome } from './is-at-home.ts'

const settings = { host: '127.0.0.1', publicUrl: undefined, trustProxy: false as const }

describe('the demo’s moderator', () => {
  test('DEMO6 is offered only by a server that nothing but its own machine can reach', () => {
    expect(staysAtHome(settings)).toBe(true)
    expect(staysAtHome({ ...settings, host: 'localhost', publicUrl: 'http://localhost:8080' })).toBe(true)
    expect(staysAtHome({ ...settings, host: '0.0.0.0' })).toBe(false)
    expect(staysAtHome({ ...settings, host: '::' })).toBe(false)
    expect(staysAtHome({ ...settings, host: '127.evil.example' })).toBe(false)
    expect(staysAtHome({ ...settings, publicUrl: 'https://live.example' })).toBe(false)
    expect(staysAtHome({ ...settings, trustProxy: ['10.0.0.1'] })).toBe(false)
  })

  test('DEMO7 is signed in only for pages of this server in a browser on this machine', () => {
    const host = 'localhost:8080'
    expect(comesFromHome({ host, origin: 'http://localhost:8080' }, '127.0.0.1')).toBe(true)
    expect(comesFromHome({ host: '[::1]:8080' }, '::1')).toBe(true)
    expect(comesFromHome({ host }, '::ffff:127.0.0.1')).toBe(true)
    for (const origin of ['http://localhost:3000', 'https://evil.example', 'null']) {
      expect(comesFromHome({ host, origin }, '127.0.0.1'), origin).toBe(false)
    }
    expect(comesFromHome({ host: 'rebound.example' }, '127.0.0.1')).toBe(false)
    for (const site of ['cross-site', 'same-site', 'none']) {
      expect(comesFromHome({ host, 'sec-fetch-site': site }, '127.0.0.1'), site).toBe(false)
    }
    for (const proxied of ['x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via']) {
      expect(comesFromHome({ host, [proxied]: '203.0.113.9' }, '127.0.0.1'), proxied).toBe(false)
      expect(comesFromHome({ host, [proxied]: '' }, '127.0.0.1'), proxied).toBe(false)
    }
    expect(comesFromHome({ host }, '192.168.1.7')).toBe(false)
    expect(comesFromHome({ host }, undefined)).toBe(false)
  })
})
