import MarkdownIt from 'markdown-it'
import { linkAddress } from './link-address.ts'

/**
 * Markdown as posts use it. What is switched off stays as it was typed: headings, rules, tables, HTML, indented code
 * and reference links; entities too, because they would put back the characters that cleaning took out.
 * Only addresses with a scheme become links by themselves: `main.rs` is no web site.
 */
export const markdown: InstanceType<typeof MarkdownIt> = new MarkdownIt({
  html: false,
  linkify: true,
  maxNesting: 40,
})
markdown.disable([
  'table',
  'code',
  'heading',
  'lheading',
  'hr',
  'reference',
  'html_block',
  'html_inline',
  'entity',
])
markdown.linkify.set({ fuzzyLink: false, fuzzyIP: false, fuzzyEmail: true })
markdown.validateLink = (address) => linkAddress(address) !== undefined
// An address is shown as it was typed: decoding it could show another one than it leads to.
markdown.normalizeLinkText = (address) => address
