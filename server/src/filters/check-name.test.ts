import { LIMITS } from '@halley/shared'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Problem } from '../problem.ts'
import { checkName } from './check-name.ts'

function verdict(name: string): string {
  try {
    return checkName(name)
  } catch (error) {
    if (error instanceof Problem) return `refused: ${error.code}`
    throw error
  }
}

describe('a display name', () => {
  test.each([
    [
      'Admin',
      'ADM1N',
      'АdМіn',
      'ａｄｍｉｎ',
      '𝐀𝐝𝐦𝐢𝐧',
      'Ádmïn',
      'adrnin',
      'a d m i n',
      'a.d.m.i.n',
      'ad\u200bmin',
      'Admin 2',
    ],
    [
      'siteadmin',
      'Administrator',
      'The Moderator',
      'm0derat0r',
      'mοderatοr',
      'MOD',
      'm-o-d',
      'Night Mod',
      'Staff',
    ],
    ['Official Comet Desk', 'the owner', '0wner', 'Halley', 'SYSTEM', 'Ada ✓', 'Ada ✅', '🛡 Ada'],
  ])('NAME1 that could be taken for staff is refused: %s', (...names) => {
    for (const name of names) expect([name, verdict(name)]).toEqual([name, 'refused: name-reserved'])
  })

  test.each([
    ['Ada', 'Zoë', 'Badminton Bob', 'Modesty Blaise', 'Admiral Grace', 'Ken Owners', 'Olli', 'O’Neill'],
    ['علی‌رضا', '山田 太郎', 'Ελένη', 'हर्षिता', '👩‍🚀 Kim', 'J. R. R.', '3.14', 'Support Act'],
  ])('NAME2 of a person stays as it is: %s', (...names) => {
    for (const name of names) expect(verdict(name)).toBe(name.normalize('NFC'))
  })

  test('NAME3 is stored on one line, without unseen characters, with single spaces', () => {
    expect(verdict('  Ada \n\t Lovelace\u3164 ')).toBe('Ada Lovelace')
    expect(verdict('A\u202ed\u200fa\u00ad')).toBe('Ada')
    expect(verdict('\u200dAda\u200d')).toBe('Ada')
  })

  test('NAME4 that is blank or too long is refused by name', () => {
    for (const blank of ['', '  ', '\u3164\u2800', '\u200b'])
      expect(verdict(blank)).toBe('refused: author-required')
    expect(verdict('ß'.repeat(LIMITS.authorNameCharacters))).toHaveLength(LIMITS.authorNameCharacters)
    expect(verdict('ß'.repeat(LIMITS.authorNameCharacters + 1))).toBe('refused: bad-request')
    expect(verdict('a\u0000')).toBe('refused: bad-text')
  })

  test('NAME5 that was accepted is accepted again as it was stored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 70 }), (name) => {
        const once = verdict(name)
        if (!once.startsWith('refused: ')) expect(verdict(once)).toBe(once)
      }),
      { numRuns: 3000 },
    )
  })
})
