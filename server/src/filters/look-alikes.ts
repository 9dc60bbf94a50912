/** Letters and signs that pass for a Latin letter in a name, by the letter that they pass for. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'аαɑ@4ᴀ',
  b: 'вьϐßʙ8',
  c: 'сϲᴄ¢',
  d: 'ԁɗđᴅ',
  e: 'еєэεɛ3ᴇ€',
  f: 'ғƒ',
  g: 'ɡցɢ',
  h: 'нһհʜ',
  i: 'іιɩıєlⅼӏ1!|ɪ',
  k: 'кκᴋ',
  m: 'мᴍ',
  n: 'пոνηɴ',
  o: 'оοօ0øσѳᴏ',
  p: 'рρᴘ',
  r: 'гʀɾ',
  s: 'ѕꜱ$5',
  t: 'тτ7†ᴛŧ',
  u: 'υսцᴜ',
  w: 'шѡωᴡ',
  x: 'хχ',
  y: 'уγү',
}

const LATIN = new Map(
  Object.entries(LOOK_ALIKES).flatMap(([letter, alike]) =>
    [...alike].map((other) => [other, letter] as const),
  ),
)

/**
 * What a name looks like at a glance, in lower-case Latin letters where it can be: `Ａdmіn`, `ADM1N` and `Ádmin` are
 * all `admin`. Only good for comparing two of them. `i` and `l` are one letter here, and `rn` is `m`.
 */
export function glance(name: string): string {
  const letters = [...name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()]
  return letters
    .map((letter) => LATIN.get(letter) ?? letter)
    .join('')
    .replaceAll('rn', 'm')
}
