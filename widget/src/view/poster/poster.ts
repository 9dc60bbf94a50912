import { enPoster } from '../../i18n/en-poster.ts'
import { addWords } from '../../i18n/tables.ts'

// Everything for those who post and moderate comes as one file, fetched when somebody first needs a part of it.
addWords('en', enPoster)

export { Composer } from './composer.tsx'
export { Controls } from './controls.tsx'
