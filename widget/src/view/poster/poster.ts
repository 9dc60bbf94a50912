import { enPoster } from '../../i18n/en-poster.ts'
import { addEnglish } from '../../i18n/tables.ts'

// Everything for those who post and moderate comes as one file, fetched when somebody first needs a part of it.
addEnglish(enPoster)

export { Writing } from '../../feed/writing.ts'
export { Composer } from './composer.tsx'
export { Controls } from './controls.tsx'
