"""A district: its hall at the root, a busy and a closed one below it, and one elsewhere; on a Monday morning."""

import uuid

from running import MORNING, PASSWORD, Hall, to_us
from sqlalchemy import insert

from server.clock import SystemClock
from server.config.hall import Staff
from server.database import open_store
from server.engines import open_engine
from server.tables import Credential
from server.verbs.setup import found
from server.web.people import HASHER

SUPERVISOR = {
    "id": "s91",
    "job_no": "CH091",
    "role": "supervisor",
    "name": {"zh-CN": "钟敏", "zh-Hant": "鍾敏", "en": "Zhong Min"},
}
CITY, HERE = "示例市", "春和区"
OTHERS = {
    "nanhu": {
        "name": {"zh-CN": "南湖街道便民服务中心", "zh-Hant": "南湖街道便民服務中心", "en": "Nanhu Street Service Center"},
        "address": {"zh-CN": "南湖街道湖滨路 18 号", "zh-Hant": "南湖街道湖濱路 18 號", "en": "18 Lakeside Road, Nanhu Street"},
        "consult_phone": "000-00000018",
        "org_path": (CITY, HERE, "南湖街道"),
    },
    "lihu": {
        "name": {"zh-CN": "丽湖社区便民服务站", "zh-Hant": "麗湖社區便民服務站", "en": "Lihu Community Service Station"},
        "address": {"zh-CN": "丽湖社区中心路 5 号", "zh-Hant": "麗湖社區中心路 5 號", "en": "5 Center Road, Lihu Community"},
        "consult_phone": "000-00000005",
        "org_path": (CITY, HERE, "南湖街道", "丽湖社区"),
    },
    "binjiang": {
        "name": {"zh-CN": "滨江区政务服务中心", "zh-Hant": "濱江區政務服務中心", "en": "Binjiang District Government Service Center"},
        "address": {"zh-CN": "滨江区江岸大道 200 号", "zh-Hant": "濱江區江岸大道 200 號", "en": "200 River Avenue, Binjiang District"},
        "consult_phone": "000-00000200",
        "org_path": (CITY, "滨江区"),
    },
}  # fmt: skip
CLOSED = "lihu"


def found_district(path, config):
    """Write the four halls; the configuration of the one at the root."""
    about = config.hall.hall.model_copy(update={"org_path": (CITY, HERE)})
    staff = (*config.hall.staff, Staff.model_validate(SUPERVISOR))
    setup = config.hall.model_copy(update={"hall": about, "staff": staff})
    open_store(path, setup=setup, clock=SystemClock())
    engine = open_engine(path)
    with engine.connect() as connection:
        hashed = HASHER.hash(PASSWORD)
        for hall in (setup, *(_described(setup, name) for name in OTHERS)):
            if hall is not setup:
                found(connection, setup=hall, journal_id=uuid.uuid4().hex, demo=False)
            rows = [{"hall": hall.hall.id, "staff": one.id, "password": hashed, "disabled": False} for one in hall.staff]
            connection.execute(insert(Credential), rows)
    engine.dispose()
    return config.model_copy(update={"hall": setup})


def _described(setup, hall):
    """One of the others; the closed one keeps its Mondays free."""
    hours = setup.hall.hours.model_copy(update={"days": ("tue", "wed", "thu", "fri", "sat")} if hall == CLOSED else {})
    about = setup.hall.model_copy(update={"id": hall, "hours": hours, **OTHERS[hall]})
    return setup.model_copy(update={"hall": about})


def works(root):
    """Their morning until 10:26: each hall serves some, in one of them late, and has some waiting."""
    halls = {"": (root, 3, 9), "nanhu": (Branch(root, "nanhu"), 2, 3), "binjiang": (Branch(root, "binjiang"), 1, 14)}
    for name, (hall, counters, _) in halls.items():
        desks = [hall.desk(counter) for counter in range(2, 2 + counters)]
        for n, desk in enumerate(desks * 3):
            hall.takes("biz-setup")
            root.later(seconds=1300 if name == "nanhu" and n % 3 == 0 else 40 + 9 * n)
            desk.calls()
            root.later(seconds=20)
            desk.starts()
            root.later(seconds=80 + 6 * n)
            desk.finishes()
    for hall, _, waiting in halls.values():
        for _ in range(waiting):
            hall.takes("biz-setup")
            root.later(seconds=28)
    for hall, *_ in halls.values():
        if hall is not root:
            hall.closes()
    root.clock.move_to(to_us(MORNING))


class Branch(Hall):
    """Another hall of the same server: its numbers are taken at the guide desk."""

    def __init__(self, root, hall):
        super().__init__(root.path, root.config, demo=root.demo)
        self._root, self._under = root, f"/h/{hall}"

    @property
    def url(self):
        return f"{self._root.url}{self._under}"

    def takes(self, service="consult", **more):
        """Somebody is given a number; the ticket."""
        guide = self._client("guide")
        if not guide.cookies:
            guide.post("/api/session", json={"job_no": "CH003", "password": PASSWORD}).raise_for_status()
        return guide.post("/api/tickets", json={"service": service, **more}).raise_for_status().json()
