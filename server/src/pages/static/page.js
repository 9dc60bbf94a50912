// What any page has: a switch between light and dark, which the feed follows because it takes the page's colours.
const theme = document.getElementById('theme')
const dark = matchMedia('(prefers-color-scheme: dark)')
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark'
const label = () => {
  theme.textContent = isDark() ? 'Light' : 'Dark'
}
theme.hidden = false
theme.addEventListener('click', () => {
  document.documentElement.dataset.theme = isDark() ? 'light' : 'dark'
  label()
})
dark.addEventListener('change', label)
label()
