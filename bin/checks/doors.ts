import type { Check, Finding, SourceFile } from './source-file.ts'

interface Door {
  readonly what: string
  readonly pattern: RegExp
  /** Files that the rule is about. */
  readonly among: RegExp
  /** Files that may do it. */
  readonly except: RegExp
}

const NONE = /^$/

/** Things that are done in one place, so that every other place can rely on it. */
const DOORS: readonly Door[] = [
  {
    what: 'only the log announces, in publish.ts: publish there',
    pattern: /\bbus\.publish\(/,
    among: /^server\/src\//,
    // What is told of no room is no change.
    except: /^server\/src\/(log\/publish\.ts|fanout\/head-count\.ts|bus\/)/,
  },
  {
    what: 'only the log appends: publish there',
    pattern: /\bfrom '[^']*log\/append[a-z-]*\.ts'|\bappend_changes\(/,
    among: /^server\/src\/.*\.ts$/,
    except: /^server\/src\/log\/append/,
  },
  {
    what: 'only log/publish.ts appends: publish there',
    pattern: /^import \{.*from '\.\/append-(batch|queue)\.ts'/,
    among: /^server\/src\/log\//,
    except: /^server\/src\/log\/(publish|append[a-z-]*)\.ts$/,
  },
  {
    what: 'only fanout subscribes to the bus',
    pattern: /\bbus\.subscribe\(/,
    among: /^server\/src\//,
    except: /^server\/src\/(fanout|bus)\//,
  },
  {
    what: 'fanout does not know how frames travel',
    pattern: /\bWebSocket\b|event-stream|from '(ws|@fastify\/websocket|fastify)'/,
    among: /^server\/src\/fanout\//,
    except: NONE,
  },
  {
    what: 'only config.ts reads the environment',
    pattern: /(?<!loadConfig\()\bprocess\.env\b/,
    among: /^(server|shared|widget)\/src\//,
    except: /^server\/src\/config\.ts$/,
  },
  {
    what: 'nothing that people typed may become markup or code, and a strict page allows no inline style',
    pattern:
      /\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|setHTMLUnsafe|srcdoc|createContextualFragment)\b|\bdocument\.write|\beval\(|\bnew Function\(|\sstyle="|setAttribute\('style'|createElement\('style'\)/,
    among: /^(widget|dashboard|shared)\/src\//,
    except: NONE,
  },
]

export const checkDoors: Check = (files) =>
  files.filter((file) => !file.isTest).flatMap((file) => DOORS.flatMap((door) => passing(file, door)))

function passing(file: SourceFile, door: Door): Finding[] {
  if (!door.among.test(file.path) || door.except.test(file.path)) return []
  return file.text.split('\n').flatMap((line, index) => {
    const code = line.replace(/^\s*(\/\/|\/?\*).*$/, '')
    return door.pattern.test(code) ? [{ path: `${file.path}:${index + 1}`, what: door.what }] : []
  })
}
