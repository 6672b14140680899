// report.js: a day chosen is a day shown; the report goes to paper.

import { given } from "../shared/words.js"
import { hallClock, runClocks } from "../shared/clock.js"
import { showsChosenDay } from "./day.js"

runClocks(hallClock(given()))
showsChosenDay()

const paper = document.querySelector("[data-print]")
paper.hidden = false
paper.addEventListener("click", () => print())
