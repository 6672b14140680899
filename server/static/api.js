// api.js: speak to the hall over HTTP. One key an act, the same key when the answer was lost on the way.

const ATTEMPTS = 3
const RETRY_MS = 700
const PATIENCE_MS = 8_000    // an answer that takes longer counts as lost
const FILE_PATIENCE_MS = 60_000   // … to a file, which is long under way

/** The hall refused: `error` is the stable code, `detail` a sentence to show, `facts` what it is about. */
export class Refusal extends Error {
  constructor({ error, detail, facts }, status) {
    super(detail)
    this.name = "Refusal"
    this.error = error
    this.detail = detail
    this.facts = facts ?? {}
    this.status = status
  }
}

/** Nobody answered. Whether the act took place is not known; asking again with the same key is safe. */
export class Unreachable extends Error {
  constructor(cause) {
    super("unreachable", { cause })
    this.name = "Unreachable"
  }
}

export const get = (path) => ask("GET", path)
export const post = (path, body = {}, key = newKey()) => ask("POST", path, { body, key })
export const put = (path, body = {}, key = newKey()) => ask("PUT", path, { body, key })
export const remove = (path, key = newKey()) => ask("DELETE", path, { key })

/** One key for one act of a person: hold on to it to repeat the very same act. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))     // randomUUID is missing where the page came without TLS
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

async function ask(method, path, { body, key } = {}) {
  const page = document.documentElement
  const headers = { Accept: "application/json", "Accept-Language": page.lang }
  if (page.dataset.station) headers.Station = page.dataset.station
  const file = body instanceof Blob
  if (body !== undefined) headers["Content-Type"] = file ? body.type || "application/octet-stream" : "application/json"
  if (key) headers["Idempotency-Key"] = key
  const request = { method, headers, body: file || body === undefined ? body : JSON.stringify(body), credentials: "same-origin" }

  for (let attempt = 1; ; attempt += 1) {
    try {
      return await answer(await fetch((page.dataset.base || "") + path, { ...request, signal: AbortSignal.timeout(file ? FILE_PATIENCE_MS : PATIENCE_MS) }))
    } catch (failure) {
      const away = !(failure instanceof Refusal) || failure.status === 503
      if (!away) throw failure
      if (attempt === ATTEMPTS) throw failure instanceof Refusal ? failure : new Unreachable(failure)
      await new Promise((done) => setTimeout(done, RETRY_MS * attempt))
    }
  }
}

async function answer(response) {
  if (response.status === 204) return null
  const said = await response.json().catch((failure) => {
    if (response.ok) throw failure
    return {}
  })
  if (response.ok) return said
  throw new Refusal({ error: said.error ?? "internal", detail: said.detail ?? response.statusText, facts: said.facts }, response.status)
}
