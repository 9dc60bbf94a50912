import type { Command } from 'commander'
import { renewEpochs } from '../log/check-epochs.ts'
import { type RoomArgument, roomArgument } from './arguments.ts'
import { Failure } from './failure.ts'
import type { Run } from './run.ts'
import { theRoom } from './the-site.ts'

export function epochCommands(program: Command, run: Run): void {
  const epoch = program.command('epoch').description('lives of the log')

  epoch
    .command('renew')
    .description('after a database was restored from files: readers load what is there anew')
    .argument('[site/room]', 'one room', roomArgument)
    .option('--all', 'every room')
    .action(
      run(async ({ database }, address: RoomArgument | undefined, { all }: { all?: true }) => {
        if ((address === undefined) === (all === undefined))
          throw new Failure('Say SITE/ROOM or --all.', true)
        const room = address && (await theRoom(database, address))
        const renewed = await renewEpochs(database, room?.id)
        return { text: `Renewed ${room?.address ?? `${renewed} rooms`}`, json: { renewed } }
      }),
    )
}
