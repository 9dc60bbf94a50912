import type { RunnerTask } from 'vitest'

/** Whether anything in a file or suite of tests has failed so far: for hooks that keep what explains it. */
export function hasFailed(task: Readonly<RunnerTask>): boolean {
  if (task.result?.state === 'fail') return true
  return 'tasks' in task && task.tasks.some(hasFailed)
}
