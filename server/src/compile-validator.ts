import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

/** Query parameters are text: those that are asked for as numbers are read, and only if they are spelt as such. */
function readNumbers(query: Readonly<Record<string, unknown>>, schema: TSchema): Record<string, unknown> {
  const properties = (schema as { properties?: Record<string, { type?: string }> }).properties ?? {}
  const entries = Object.entries(query).map(([name, value]) => {
    const number =
      properties[name]?.type === 'integer' && typeof value === 'string' && /^-?\d{1,15}$/.test(value)
    return [name, number ? Number(value) : value]
  })
  return Object.fromEntries(entries)
}

/** Checks requests against TypeBox schemas. Nothing is converted by guessing, nothing is taken out. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema)
  return (value) => {
    const read = httpPart === 'querystring' ? readNumbers(value as Record<string, unknown>, schema) : value
    return compiled.Check(read) ? { value: read } : { error: compiled.Errors(read) as never }
  }
}
