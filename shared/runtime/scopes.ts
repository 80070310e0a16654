/** What an API token may be for; each name is also what a route asks for. */
export const SCOPES = ['ingest', 'changes', 'read', 'operate', 'admin'] as const
export type Scope = (typeof SCOPES)[number]
