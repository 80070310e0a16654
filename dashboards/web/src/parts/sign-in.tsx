import { useState } from 'preact/hooks'
import { useServer } from '../server/server.ts'

/** Forgets the token, where one was given. */
export function SignOut() {
  const server = useServer()
  if (!server.isSignedIn()) return null
  return (
    <button type="button" class="quiet" onClick={() => server.signOut()}>
      Sign out
    </button>
  )
}

/** Asks for the API token that the server wants to see. */
export function SignIn() {
  const server = useServer()
  const [token, setToken] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    if (token.trim() !== '') server.signIn(token.trim())
  }
  return (
    <form class="sign-in" onSubmit={submit}>
      <h1>This server wants a token</h1>
      <p class="soft">
        {server.isSignedIn() ? 'It did not accept the one it was given.' : 'It is kept for this tab only.'}
      </p>
      <label>
        API token
        <input
          type="password"
          value={token}
          autoComplete="off"
          onInput={(event) => setToken(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button first">
        Sign in
      </button>
    </form>
  )
}
