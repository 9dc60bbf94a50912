import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, inject } from 'vitest'
import { leaveBrowser, sharedBrowser } from './browser.ts'
import { makeRoom, type TestRoom } from './command-line.ts'
import { type FreshDatabase, freshDatabase } from './fresh-database.ts'
import { type HostPage, hostPage } from './host-page.ts'
import { type RunningServer, ServerProcess } from './server-process.ts'
import { Writer } from './writer.ts'

export interface Visit {
  readonly page: Page
  /** What the browser asked for, in order. */
  readonly asked: string[]
}

/** A server, a browser and pages for the tests of one file. */
export interface WidgetStage<Server extends RunningServer = RunningServer> {
  readonly server: Server
  readonly browser: Browser
  room(): Promise<TestRoom & { readonly ada: Writer }>
  /** `items` posts by Ada, called `item 1` and so on. */
  filledRoom(items: number): Promise<TestRoom & { readonly ada: Writer }>
  visit(html: string, options?: VisitOptions): Promise<Visit>
  moderate(room: TestRoom, id: string, method: string, path?: string, body?: object): Promise<void>
}

export interface VisitOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Runs in the page before anything of its own. */
  readonly before?: string
  readonly hash?: string
  readonly size?: { readonly width: number; readonly height: number }
}

/** On the server that all tests share. Call it at the file's top level; everything of it ends with the file. */
export function widgetStage(): WidgetStage {
  return stageOn(async () => inject('server'))
}

/** On a server of its own, which the tests may configure, stop and kill. */
export function ownStage(env: Readonly<Record<string, string>> = {}): WidgetStage<ServerProcess> {
  let database: FreshDatabase
  let server: ServerProcess
  // Hooks run in reverse: first the pages close, then their server ends.
  afterAll(async () => {
    await server?.remove()
    await database?.drop()
  })
  return stageOn(async () => {
    database = await freshDatabase(inject('databaseUrl'))
    server = await ServerProcess.start({ databaseUrl: database.url, env })
    return server
  })
}

function stageOn<Server extends RunningServer>(start: () => Promise<Server>): WidgetStage<Server> {
  let server: Server
  let browser: Browser
  const ending: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    server = await start()
    browser = await sharedBrowser()
  })
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end()
  })
  afterAll(leaveBrowser)
  const visit = async (html: string, options: VisitOptions = {}): Promise<Visit> => {
    const host: HostPage = await hostPage(html, options.headers)
    const { width, height } = options.size ?? { width: 1000, height: 800 }
    const context: BrowserContext = await browser.newContext({ viewport: { width, height } })
    ending.push(host.close, () => context.close())
    if (options.before) await context.addInitScript(options.before)
    const page = await context.newPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('websocket', (socket) => asked.push(socket.url()))
    await page.goto(host.url + (options.hash ?? ''))
    return { page, asked }
  }
  const room = async () => {
    const made = await makeRoom(server)
    return { ...made, ada: new Writer(() => server.url, made.room, 'Ada') }
  }
  return {
    get server() {
      return server
    },
    get browser() {
      return browser
    },
    room,
    async filledRoom(items) {
      const made = await room()
      for (let n = 1; n <= items; n++) await made.ada.post(`item ${n}`)
      return made
    },
    visit,
    async moderate({ room: address, moderator }, id, method, path = '', body) {
      const answer = await fetch(`${server.url}/v1/rooms/${address}/items/${id}${path}`, {
        method,
        headers: { authorization: moderator, ...(body && { 'content-type': 'application/json' }) },
        body: body ? JSON.stringify(body) : null,
      })
      if (!answer.ok) throw new Error(`moderating was answered ${answer.status}: ${await answer.text()}`)
    },
  }
}

/** The texts of the items that are there, painted or not, in the order of the page. */
export function texts(page: Page): Promise<string[]> {
  return page.locator('article [part=body]').allTextContents()
}
