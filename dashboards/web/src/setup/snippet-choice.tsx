import { useState } from 'preact/hooks'
import { CopyButton } from '../parts/copy-button.tsx'
import { forThisServer, type Snippet } from './snippets.ts'

/** One of several snippets, to be copied. */
export function SnippetChoice({ label, snippets }: { readonly label: string; readonly snippets: readonly Snippet[] }) {
  const [chosen, setChosen] = useState(snippets[0])
  const text = chosen === undefined ? '' : forThisServer(chosen.text, location)
  return (
    <div class="snippets">
      <div class="tools">
        <fieldset class="choice">
          <legend class="unseen">{label}</legend>
          {snippets.map((snippet) => (
            <button
              key={snippet.name}
              type="button"
              aria-pressed={snippet.name === chosen?.name}
              onClick={() => setChosen(snippet)}
            >
              {snippet.name}
            </button>
          ))}
        </fieldset>
        <CopyButton text={text} what={`what to set up for ${chosen?.name}`} />
      </div>
      <div class="command">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre class="file" tabIndex={0}>
          <code>{text}</code>
        </pre>
      </div>
    </div>
  )
}
