// choose.js: signing out, from the page where a counter is chosen.

import { remove } from "../shared/api.js"

document.querySelector('[data-act="sign-out"]').addEventListener("click", async () => {
  const base = document.documentElement.dataset.base || ""
  await remove("/api/session").catch(() => {})       // signed out already is signed out
  location.assign(`${base}/sign-in?next=${encodeURIComponent(`${base}/counter`)}`)
})
