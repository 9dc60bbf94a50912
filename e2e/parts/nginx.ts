import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child } from './child.ts'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { installFromDebian } from './install-from-debian.ts'
import { tempFolder } from './temp-folder.ts'

const CONFIGURATION = fileURLToPath(new URL('../../deploy/nginx.conf', import.meta.url))
/** The lines of the file that name nodes. */
const NODES = /( *)server node-a:8080(.*);\n *server node-b:8080.*;\n/
const LISTEN = 'listen 8080 reuseport;'
const WORKERS = 'worker_processes auto;'

/** An nginx with `deploy/nginx.conf` before nodes at these ports of 127.0.0.1. */
export class Nginx {
  readonly url: string
  readonly #child: Child
  readonly #remove: () => void

  private constructor(port: number, child: Child, remove: () => void) {
    this.url = `http://127.0.0.1:${port}`
    this.#child = child
    this.#remove = remove
  }

  static async before(ports: readonly number[]): Promise<Nginx> {
    const program = await nginxProgram()
    const folder = tempFolder('nginx')
    const port = await freePort()
    const file = join(folder.path, 'nginx.conf')
    writeFileSync(file, configurationFor(ports, port, folder.path))
    const child = new Child(program, ['-c', file, '-p', folder.path, '-g', 'daemon off;'], 'SIGTERM')
    const nginx = new Nginx(port, child, () => folder.remove())
    await child
      .begun('nginx to listen', () => listens(port))
      .catch(async (error) => {
        await nginx.stop()
        throw error
      })
    return nginx
  }

  /** What it complained of. */
  get output(): string {
    return this.#child.output
  }

  async stop(): Promise<void> {
    await this.#child.end('SIGTERM')
    this.#remove()
  }
}

/** The file as it is but for what is of a place: addresses, folders, and two workers however many cores there are. */
function configurationFor(ports: readonly number[], port: number, folder: string): string {
  const text = readFileSync(CONFIGURATION, 'utf8')
  if (!NODES.test(text) || !text.includes(LISTEN) || !text.includes(WORKERS))
    throw new Error('deploy/nginx.conf has other lines for nodes, listening or workers than its test knows')
  return text
    .replace(NODES, (_, indent: string, rest: string) =>
      ports.map((node) => `${indent}server 127.0.0.1:${node}${rest};\n`).join(''),
    )
    .replace(LISTEN, `listen 127.0.0.1:${port} reuseport;`)
    .replace(WORKERS, 'worker_processes 2;')
    .replaceAll(' /tmp/', ` ${folder}/`)
}

async function nginxProgram(): Promise<string> {
  const find = (): string | undefined => process.env.NGINX ?? findProgram('nginx') ?? besidePath()
  const program = find() ?? ((await installFromDebian('nginx')) ? find() : undefined)
  if (program) return program
  throw new Error(
    'The tests need an nginx and could not bring one. Install the package nginx, or set NGINX to a program.',
  )
}

/** Where Debian puts it, which is on the path of root alone. */
function besidePath(): string | undefined {
  const before = process.env.PATH
  process.env.PATH = '/usr/sbin:/sbin'
  try {
    return findProgram('nginx')
  } finally {
    process.env.PATH = before
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
