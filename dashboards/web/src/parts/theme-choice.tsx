import { useState } from 'preact/hooks'
import { chooseTheme, readTheme, type Theme } from '../theme.ts'

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }
const WORDS: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' }

export function ThemeChoice() {
  const [theme, setTheme] = useState(readTheme)
  const choose = () => {
    chooseTheme(NEXT[theme])
    setTheme(NEXT[theme])
  }
  return (
    <button type="button" class="quiet theme" aria-label={`Colours: ${WORDS[theme]}. Change`} onClick={choose}>
      {WORDS[theme]}
    </button>
  )
}
