// live-line.js: the clocks of one service's line.

import { given } from "../shared/words.js"
import { hallClock, runClocks } from "../shared/clock.js"

runClocks(hallClock(given()))
