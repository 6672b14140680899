"""What is wrong with a page as it stands there: barriers, cut text, foreign words, small targets, faint text."""

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

KIOSK_PX = 96  # how high a target is at least: on a kiosk of the base size
HAND_PX = 44  # … on a phone, a tablet and a clerk's desk
POINTER_PX = 24  # … in the dense lists of those who work with mouse and keyboard
FAR = 7  # contrast of what is read from afar

# A simplified character and the traditional one for it; only such as are never right in the other script.
PAIRS = (
    "号號办辦时時务務请請这這个個开開关關们們对對话話说說现現电電门門问問间間实實单單业業东東车車线線网網级級优優专專会會机機进進还還过過边邊"
    "选選择擇证證满滿评評价價语語谢謝让讓认認识識详詳试試误誤读讀调調贵貴费費资資员員图圖处處备備头頭钟鐘错錯键鍵锁鎖长長闭閉阅閱队隊阶階际際"
    "随隨隐隱页頁项項预預领領题題额額类類显顯标標栏欄树樹样樣检檢楼樓灯燈点點热熱状狀环環确確离離种種称稱稳穩笔筆签簽简簡纸紙组組细細终終经經"
    "结結给給统統继繼续續编編缴繳职職联聯节節荐薦虑慮补補装裝规規览覽觉覺触觸订訂计計记記设設许許诉訴译譯询詢课課发發无無与與为為从從动動劳勞"
    "区區医醫厅廳参參双雙变變响響园園国國块塊声聲导導将將层層岁歲师師带帶帮幫应應张張归歸录錄总總户戶执執报報护護拟擬挂掛换換据據断斷"
    "旧舊术術权權条條来來档檔残殘没沒济濟测測码碼红紅约約约約绿綠维維罢罷义義习習书書买買乱亂争爭产產亲親仅僅伤傷传傳儿兒"
    "内內册冊军軍写寫农農决決减減则則创創删刪别別剩剩办辦势勢华華协協卖賣历歷压壓县縣听聽启啟吴吳员員呜嗚团團场場坏壞垫墊够夠奖獎妇婦"
    "学學宁寧宽寬宾賓审審岛島币幣帐帳库庫废廢弃棄弹彈忆憶怀懷态態惊驚战戰扫掃扰擾抚撫抢搶拥擁拨撥择擇损損摆擺数數显顯晓曉暂暫杂雜极極构構"
    "气氣汇匯决決沟溝洁潔浏瀏济濟渐漸温溫湾灣湿濕灵靈爱愛牵牽犹猶独獨献獻疗療盖蓋盘盤矿礦祸禍积積笼籠紧緊纪紀纳納练練绍紹绑綁绝絕综綜缓緩缩縮"
    "罗羅胜勝脑腦脚腳节節药藥营營虽雖见見视視诊診词詞该該谁誰责責败敗账賬货貨质質购購贷貸赔賠赵趙跃躍轮輪软軟轻輕较較输輸辑輯达達运運远遠连連"
    "适適广廣两兩么麼递遞遗遺邮郵郑鄭释釋针針钥鑰钱錢铃鈴银銀链鏈闲閒陈陳险險难難静靜韩韓顺順须須顾顧顿頓频頻颜顏风風飞飛馆館马馬驾駕验驗骤驟鱼魚龄齡"
)
SIMPLIFIED = "".join(sorted(set(PAIRS[::2]) - set(PAIRS[1::2])))
TRADITIONAL = "".join(sorted(set(PAIRS[1::2]) - set(PAIRS[::2]))) + "後於裡"
TECHNICAL = ["CSV", "XLSX", "PDF", "PNG", "JSON", "API", "QR", "LED", "EN", "Enter", "Esc", "jiaohao"]

AT_REST = """() => { for (const one of document.getAnimations()) if (one.effect.getComputedTiming().endTime !== Infinity) one.finish() }"""
STICKING_OUT = """() => {
  const passes = (one) => one.closest(".ticker .line, .slips, .hex, .visually-hidden")     // made to pass by, or to be scrolled
  return [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility() && !passes(one)
    && [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim())
    && (one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1)).map((one) => one.outerHTML)
}"""
_EYES = (Path(__file__).parent / "eyes.js").read_text(encoding="utf-8").partition("\n\n")[2]


def barriers(page, *parts, colours=True):
    """What axe-core finds serious or critical; `parts`: only there; without `colours`: where `faults` measures the light."""
    page.evaluate(AT_REST)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    context = {"include": [[part] for part in parts]} if parts else None
    found = page.evaluate(
        """([context, enabled]) => axe.run(context ?? document, {
          resultTypes: ["violations"], preload: false,
          rules: { "color-contrast": { enabled }, "region": { enabled: false } },
        }).then(({ violations }) => violations)""",
        [context, colours],
    )
    return [
        f"{one['id']} ({one['impact']}): {node['html']}\n{node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def faults(page, *, locale, scrolls, touch=0, contrast=0):
    """What sticks out, is cut off or covered, in another language, too small for a finger, or too faint for its distance."""
    pairs = {"zh-CN": TRADITIONAL, "zh-Hant": SIMPLIFIED}
    about = {
        "locale": locale,
        "scrolls": scrolls,
        "touch": touch,
        "pointer": POINTER_PX,
        "contrast": contrast,
        "pairs": pairs,
        "technical": TECHNICAL,
    }
    return page.evaluate(_EYES, about) + [f"room: outside, {html}" for html in page.evaluate(STICKING_OUT)]
