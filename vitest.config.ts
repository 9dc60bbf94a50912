import { configDefaults, defineConfig } from 'vitest/config'

// Tests of what a whole process counts.
const ALONE = [
  'server/src/metrics/**/*.test.ts',
  'server/src/{db,history}/let-go.test.ts',
  'server/src/ingest/{queued-posts,read-only}.test.ts',
  'server/src/log/broken-parts.test.ts',
]

// Files share a process, one after another, so that what they import is loaded once: those of `alone` and `chaos` do not.
const project = (name: string, include: string[], seconds: number, setup?: string) => ({
  test: {
    name,
    include,
    exclude: [...configDefaults.exclude, ...(name === 'alone' ? [] : ALONE)],
    isolate: name === 'alone' || name === 'chaos',
    testTimeout: seconds * 1000,
    hookTimeout: Math.max(60, seconds) * 1000,
    // A busy machine is no failure; what never comes is.
    expect: { poll: { timeout: 15_000 } },
    globalSetup: setup ? [`e2e/parts/${setup}`] : [],
  },
})

// Each project brings up only the real parts that its tests need.
export default defineConfig({
  test: {
    maxWorkers: 2,
    teardownTimeout: 30_000,
    projects: [
      project('plain', ['shared/**/*.test.{ts,tsx}', 'bin/**/*.test.ts'], 20),
      project('server', ['server/**/*.test.{ts,tsx}', 'bench/**/*.test.ts'], 60, 'server-setup.ts'),
      project('alone', ALONE, 60, 'server-setup.ts'),
      project('widget', ['widget/**/*.test.{ts,tsx}'], 60, 'widget-setup.ts'),
      project('e2e', ['e2e/{parts,tests}/**/*.test.ts'], 400, 'e2e-setup.ts'),
      // Failures of minutes: `npx pnpm@12 run test:chaos`.
      project('chaos', ['e2e/chaos/**/*.test.ts'], 900, 'chaos-setup.ts'),
    ],
  },
})
