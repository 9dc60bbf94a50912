/** The version of Halley that this was built from. */
declare const RELEASE: string
