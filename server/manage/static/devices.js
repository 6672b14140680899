// devices.js: the devices page, put together.

import { _, given } from "../shared/words.js"
import { follow } from "../shared/live.js"
import { hallClock, runClocks } from "../shared/clock.js"
import { linkBanner } from "../shared/parts.js"
import { lookAtBytes } from "./bytes.js"
import { chooseCounter } from "./choose.js"
import { refresher } from "./fresh.js"
import { keys } from "./keys.js"
import { measure } from "./measure.js"

const SEEN_MS = 500             // how often the entry's number is drawn
const LOOK_MS = 15_000          // silence makes a device away, and nothing tells of silence

const hall = given()
const clock = hallClock(hall)
const refresh = refresher({ drawn: measure })
const entry = document.querySelector("[data-seq]")

runClocks(clock)
measure(document)
addEventListener("resize", () => measure(document))
chooseCounter()
lookAtBytes()
keys()

const link = follow({
  topics: "hall", journal: hall.journal, seq: hall.seq,
  onEvent(message) { if (message.kind === "picture" || message.kind.startsWith("slip.")) refresh.soon() },
  onNow: (now) => clock.set(now),
  onLink: linkBanner(clock),
})
if (entry) setInterval(() => { entry.textContent = _("Entry %(n)s", { n: link.seq }) }, SEEN_MS)
setInterval(refresh.soon, LOOK_MS)
