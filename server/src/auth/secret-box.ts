import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const IV_BYTES = 12
const TAG_BYTES = 16

/** Encrypts what must be stored but not be readable from a copy of the database: AES-256-GCM. */
export class SecretBox {
  readonly #key: Buffer

  /** `secretKey` has at least 32 characters. */
  constructor(secretKey: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secretKey, 'halley', 'stored secrets', 32))
  }

  /** `purpose` names what the secret is for: sealed for one thing, it cannot be opened as another. */
  seal(secret: string, purpose: string): string {
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(purpose))
    const sealed = Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `v1.${sealed.toString('base64url')}`
  }

  /** Throws where it was sealed with another key, for something else, or was tampered with. */
  open(sealed: string, purpose: string): string {
    if (!sealed.startsWith('v1.')) throw new Error('a stored secret has an unknown form')
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-TAG_BYTES))
    return decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  }
}
