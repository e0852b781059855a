"""What each query of queries.tsv asks for: which of all products have grade 3, 2 and 1. The rule is in README.md.

`GRADES[query].expand(products)` gives {external id: grade}, without what has grade 0.
"""
import kinds as k
from catalogue import (FEET, GIGABYTES, INCHES, METRES, NOTHING, RAM, attribute, brand, costs, known, number, text, title, yes)


class Grades:
    """Three predicates; the highest that holds counts."""

    def __init__(self, three, two=NOTHING, one=NOTHING):
        self.three, self.two, self.one = three, two, one

    def of(self, product):
        return 3 if self.three(product) else 2 if self.two(product) else 1 if self.one(product) else 0

    def expand(self, everything):
        return {p.id: grade for p in everything if (grade := self.of(p)) > 0}


class Asked(Grades):
    """A kind of which something is said: all of it so is 3, one thing open or nearly so 2, one thing plainly not so 1.

    Each thing said is a predicate, or a pair: what holds, and what is open or near. `near` is a neighbouring kind, a grade lower; `good` is 2 and
    `serves` 1 in any case. `strict`: what is plainly not so is of no use, such as another printer's toner.
    """

    def __init__(self, kind, *said, near=NOTHING, good=NOTHING, serves=NOTHING, strict=False):
        super().__init__(kind, good, serves)
        self.said = [thing if isinstance(thing, tuple) else (thing, NOTHING) for thing in said]
        self.near, self.strict = near, strict

    def met(self, product):
        wrong = soft = 0
        for holds, nearly in self.said:
            if not holds(product):
                soft, wrong = (soft + 1, wrong) if nearly(product) else (soft, wrong + 1)
        if wrong:
            return 1 if wrong == 1 and not self.strict and (soft == 0 or len(self.said) > 2) else 0
        return 3 - soft if soft < 3 else 0

    def of(self, product):
        grade = 0
        if self.three(product):
            grade = self.met(product)
        elif self.near(product):
            grade = {3: 2, 2: 1, 1: 1, 0: 0}[self.met(product)]
        return max(grade, 2 if grade < 2 and self.two(product) else 0, 1 if grade < 1 and self.one(product) else 0)


class Priced(Grades):
    """A limit is a limit: beyond it by up to a tenth is 1, further nothing."""

    def __init__(self, grades, low, high):
        super().__init__(NOTHING)
        self.grades, self.inside, self.edge = grades, costs(low, high), costs(low * 0.9, high * 1.1)

    def of(self, product):
        if self.inside(product):
            return self.grades.of(product)
        return 1 if self.edge(product) and self.grades.of(product) >= 2 else 0


class Cheapest:
    """The first ten by price are 3, the next twenty 2, the rest 1."""

    def __init__(self, kind, near=NOTHING):
        self.kind, self.near = kind, near

    def expand(self, everything):
        ranked = sorted((p for p in everything if self.kind(p)), key=lambda p: (p.price, p.id))
        grades = {p.id: 1 for p in everything if self.near(p)}
        grades.update({p.id: 3 if n < 10 or p.price <= ranked[9].price else 2 if n < 30 else 1 for n, p in enumerate(ranked)})
        return grades


def colour(word):
    pattern = rf"\b({word})"
    return (title(pattern) | attribute("product_colour", pattern) | attribute("printing_colours", pattern) | attribute("cable_colour", pattern),
            ~(attribute("product_colour") | attribute("printing_colours") | attribute("cable_colour") | title(
                r"\b(black|white|blue|red|green|yellow|gr[ae]y|silver|pink|orange|cyan|magenta|purple|beige|brown|gold)\b")))


def size(*inches):
    """A screen of that diagonal; the data's silence and one inch beside are near."""
    exact = INCHES(min(inches), max(inches))
    return exact, ~INCHES.known | INCHES(min(inches) - 1.1, max(inches) + 1.1)


def gigabytes(wanted):
    return GIGABYTES(wanted * 0.93, wanted * 1.03), ~GIGABYTES.known | GIGABYTES(wanted * 2) | GIGABYTES(wanted / 2)


def long(metres):
    return METRES(metres * 0.93, metres * 1.07), ~METRES.known | METRES(metres * 0.6, metres * 1.7)


WIRELESS = title(r"wireless|cordless|bluetooth|\brf\b"), NOTHING
MEMORY_16 = RAM(15.9, 16.1), RAM(17, 128) | ~RAM.known
DUPLEX = (yes("duplex_printing") | text(r"duplex|\d{2,4}d(t?n)?w?\b|two-?sided|2 sided")), ~known("duplex_printing")
COLOURED = (title("colou?r") | text(r"colou?r laser|colou?r laserjet") | yes("colour")), ~known("colour") & ~title("laserjet")


def paper(name):
    """The largest sheet. A4 is as good as met by A3; a silent printer takes A4, as nearly all do."""
    largest = attribute("maximum_iso_a_series_paper_size", rf"^{name}") | ~known("maximum_iso_a_series_paper_size") & text(rf"\b{name}\b")
    return largest, ~largest if name == "a4" else NOTHING


def fits(pattern):
    """What a part says that it is for."""
    return text(pattern) | attribute("compatibility", pattern) | attribute("brand_compatibility", pattern) | attribute("compatible_products", pattern)


ALL_HEADPHONES = k.HEADPHONES | k.HEADSET
GAMING = title(r"gaming|hyperx|alienware|rog\b|\brtx|\bgtx|omen|legion|predator|strix|tuf\b|msi g|spacepilot")
IN_EAR = title(r"in-?ear|intra|earbud|ear ?hook|ear-?piece|galaxy buds") | attribute("ear_coupling", "intra|in-ear") | attribute("wearing_style",
    "in-ear")
MIC = text(r"\bmic\b|microphone|headset") & ~title("headphones/headset") | attribute("microphone_type") | yes("built_in_microphone")
NOISE = text(r"noise.?cancel|anti-noise|noise isolation") | yes("noise_reduction")
HP_LAPTOP_FIT = brand("HP") | fits(r"\bhp\b|compaq|elitebook|probook")
KIDS = k.TOY_BRANDS & ~title(r"game for adults|exit|wasgij|1[05]00|2000|3000|jan van haasteren|\b500 pc|playhouse\b.*wood|climb|swing|trampoline")
GIRLS = k.TOY_BRANDS & title(r"doll|baby|l\.o\.l|lol|princess|unicorn|hatchimals|sylvanian|jewel|nail|hair|glam|rainbow|mermaid|pony|kitten|"
    r"cool maker|kinetic sand|aquabeads|frozen|horse")
BOYS = k.TOY_BRANDS & title(r"batman|bakugan|monster jam|truck|car\b|vehicle|paw patrol|police|tractor|excavator|dragon|dino|robot|rescue|superman|"
    r"dc comics|joker|tech deck|fire|crane|digger|train|loader|action figure|battl") & ~title(r"l\.o\.l|doll|sylvanian|princess")

GRADES = {}
G = GRADES

# ---- one kind of thing ----
G["laptop"] = G["laptops"] = Grades(k.NOTEBOOK, k.TWO_IN_ONE, k.TABLET)
G["notebook"] = Grades(k.NOTEBOOK, k.TWO_IN_ONE, k.TABLET | title("leitz.*notebook a"))
G["monitor"] = Grades(k.MONITOR, k.SIGNAGE, k.TV)
G["printer"] = Grades(k.PRINTER, k.LARGE_FORMAT | k.POS_PRINTER, k.LABEL_PRINTER)
G["laser printer"] = Grades(k.LASER, NOTHING, k.INKJET | k.PRINTER)
G["keyboard"] = G["keyboards"] = Grades(k.KEYBOARD, k.DESKTOP_SET, k.KEYPAD)
G["mouse"] = G["mice"] = Grades(k.MOUSE, k.TRACKBALL & ~title("keyboard") | k.DESKTOP_SET)
G["headphones"] = Grades(k.HEADPHONES, k.HEADSET)
G["usb stick"] = G["usb sticks"] = Grades(k.USB_STICK, NOTHING, k.MEMORY_CARD & title("usb"))
G["hdmi cable"] = Grades(k.HDMI_CABLE, k.HDMI_EXTENSION | title("hdmi.*mini") & k.HDMI_CABLE, title("hdmi") & title("cable")
    & title("dvi|displayport|usb-?c|vga"))
G["ethernet cable"] = G["network cable"] = G["lan cable"] = Grades(k.NETWORK_CABLE & ~k.CROSSOVER, k.CROSSOVER,
    title("bulk.*(ethernet|cat)|cat ?[56]e?.*(305|1000 ?ft)"))
G["ink cartridge"] = G["inkjet cartridges"] = Grades(k.INK, title("ink") & title("print ?head") & ~k.PRINTER)
G["smartphone"] = Grades(k.SMARTPHONE, k.MOBILE_PHONE)
G["tv"] = G["telly"] = Grades(k.TV, NOTHING, k.SIGNAGE)
G["projector"] = G["beamer"] = Grades(k.PROJECTOR)
G["external hard drive"] = Grades(k.EXTERNAL_HDD, k.NAS | title("2big dock|storage server"), k.HDD | title(r"external (hd|hdd|hard drive) enclosure|"
    r"hard drive enclosure|multi hard disk box"))
G["ssd"] = Grades(k.INTERNAL_SSD | k.EXTERNAL_SSD)
G["graphics card"] = G["video card"] = Grades(k.GPU, title("usb graphics adapter|external video graphics card"))
G["motherboard"] = G["motherbord"] = Grades(k.MOTHERBOARD)
G["webcam"] = G["web cam"] = Grades(k.WEBCAM)
G["scanner"] = Grades(k.SCANNER, k.BARCODE_SCANNER, k.MULTIFUNCTION)
G["backpack"] = Grades(k.BACKPACK, NOTHING, k.LAPTOP_BAG)
G["coffee machine"] = Grades(k.COFFEE, NOTHING, title("milk frother"))
G["electric shaver"] = Grades(k.SHAVER & ~title("women|ladyshave"), k.SHAVER, k.TRIMMER)
G["jigsaw puzzle"] = Grades(k.PUZZLE | attribute("type", "jigsaw puzzle"), attribute("type", "contour puzzle"), attribute("type", "puzzle"))
G["calculator"] = Grades(k.CALCULATOR, title("keypad/calculator"))
G["power bank"] = G["powerbank"] = Grades(k.POWER_BANK, title("powercore"), k.CHARGER & title("mobile|portable|usb|wireless"))
G["router"] = Grades(k.ROUTER | title("fritz!box"), NOTHING, k.ACCESS_POINT)
G["docking station"] = Grades(k.DOCK, k.HUB & title("type-c|usb-c") | title("port replicator"), k.HUB)
G["photo paper"] = Grades(k.PHOTO_PAPER, NOTHING, k.PAPER)

# ---- a brand ----
THINKPAD = title("thinkpad")
G["hp laptop"] = Asked(k.LAPTOP, brand("HP"))
G["epson printer"] = Asked(k.PRINTER | k.POS_PRINTER | k.LARGE_FORMAT, brand("Epson"))
G["samsung monitor"] = Asked(k.MONITOR, brand("Samsung"), serves=brand("Samsung") & k.TV)
G["logitech mouse"] = Asked(k.MOUSE, brand("Logitech"), near=k.DESKTOP_SET | k.TRACKBALL)
G["philips headphones"] = Asked(k.HEADPHONES, brand("Philips"), near=k.HEADSET)
G["lenovo thinkpad"] = Grades(k.LAPTOP & THINKPAD, NOTHING, THINKPAD | k.LAPTOP & brand("Lenovo"))
G["hp laserjet"] = Grades(k.PRINTER & brand("HP") & title("laserjet"), k.LASER & brand("HP"), brand("HP") & title("laserjet")
    | fits("hp laserjet|laserjet") & k.TONER)
G["intel xeon processor"] = Asked(k.CPU, text("xeon") | attribute("processor_family", "xeon"))
G["canon lens"] = Grades(k.CANON_LENS & ~title("dioptric|close.?up|life-size"), NOTHING, brand("Canon")
    & title(r"lens (hood|cap|adapter|filter)|lens adapter|lens case|extender ef|extension tube|slr camera kit"))
G["apc ups"] = Asked(k.UPS, brand("APC"), serves=brand("APC") & k.UPS_BATTERY)
G["brother toner"] = Asked(k.TONER, brand("Brother"), good=k.TONER & title("brother"), serves=k.DRUM & brand("Brother"), strict=True)
G["cherry keyboard"] = Asked(k.KEYBOARD, brand("CHERRY"), near=k.DESKTOP_SET | k.KEYPAD)
G["kensington lock"] = Asked(k.LOCK, brand("Kensington") | title("kensington|microsaver"))
G["targus laptop bag"] = Asked(k.LAPTOP_BAG | k.BACKPACK & title("notebook|laptop"), brand("Targus"), near=k.BACKPACK)
G["dell monitor"] = Asked(k.MONITOR, brand("DELL") | brand("Alienware"))
G["sony projector lamp"] = Asked(k.PROJECTOR_LAMP, brand("Sony"), strict=True)
G["dymo labels"] = Grades(brand("DYMO") & (k.LABEL & ~k.LABEL_PRINTER), brand("DYMO") & k.LABEL_TAPE, brand("DYMO") & k.LABEL_PRINTER)
G["kingston ram"] = Asked(k.RAM & ~k.PRINTER_MEMORY, brand("Kingston Technology", "HyperX"))
G["netgear router"] = Asked(k.ROUTER, brand("Netgear"), serves=brand("Netgear") & title("repeater|mesh|access point"))
G["braun shaver"] = Asked(k.SHAVER, brand("Braun"), serves=brand("Braun") & (k.TRIMMER | title("shaver|epil")))
G["samsung galaxy"] = Grades(brand("Samsung") & (k.SMARTPHONE | k.TABLET | title("galaxy (tab|watch|buds)|galaxy sm-")), NOTHING, brand("Samsung")
    & title("mobile phone case|galaxy") | text("samsung galaxy") & title("protector|case"))
G["hp designjet printer"] = Grades(brand("HP") & k.LARGE_FORMAT, NOTHING, k.LARGE_FORMAT | brand("HP") & title("designjet"))
G["varta batteries"] = Asked(k.BATTERY, brand("Varta"))
G["casio calculator"] = Asked(k.CALCULATOR, brand("Casio"))
G["epson photo paper"] = Asked(k.PHOTO_PAPER, brand("Epson"), serves=brand("Epson") & k.PAPER)
DISC = (title(r"\bdvd[-+]?rw?\b|dvd-ram|blank dvd|dvd\+r") | attribute("type", "^dvd")) & ~title("drive|player|recorder|writer|rewriter|combo|"
    "notebook|laptop|trimcase|cases?\\b|jewel|compaq|label|duplicator|pixels")
G["verbatim dvd"] = Asked(DISC, brand("Verbatim"), serves=brand("Verbatim") & title(r"\bcd-r|bd-r|blu-?ray"))
G["hyperx headset"] = Asked(k.HEADSET | k.HEADPHONES & title("gaming|headset"), brand("HyperX"), good=k.HEADSET & title("alienware|fortnite|gaming"))
G["oral-b toothbrush"] = Asked(k.TOOTHBRUSH, brand("Oral-B"), serves=brand("Oral-B"))
G["sylvanian families"] = Grades(brand("Sylvanian Families") | title("sylvanian"))
G["paw patrol toys"] = Grades(title("paw patrol"))
BORN = title("baby born")
G["baby born clothes"] = Grades(BORN & (title(r"cloth|dress|outfit|jacket|pyjama|swim|sock|tights|shoe|shirt|coat|jeans|suit|deluxe.*set|underwear|"
    r"romper|onesie") | attribute("product_type", "cloth|dress|sock|tight|swim|shoe")), BORN & title("accessor"), BORN | brand("Zapf")
    & (title("cloth|dress|outfit") | attribute("product_type", "cloth|dress")))

# ---- model numbers, as the maker writes them and as people do ----
CARTRIDGE = k.INK | k.TONER
HP_12A = attribute("oem_code", "q2612a") | title("^hp 12a ")
G["q2612a"] = Grades(HP_12A, k.TONER & title("q2612"), title("laserjet (1010|1012|1015|1018|1020|1022|3015|3020|3030|3050|3052|3055)") & k.PRINTER)
G["hp 364"] = Grades(brand("HP") & k.INK & title(r"^hp 364 "), brand("HP") & text(r"\b364(xl)?\b") & k.INK)
G["hp 45 black"] = Grades(title(r"^hp (no\.? ?)?45 ") & k.INK, text(r"\bhp 45\b") & k.INK)
G["hp 364xl magenta"] = Grades(title("hp 364xl.*magenta"), title("hp 364 .*magenta"), title("hp 364xl"))
G["hp364 xl"] = Grades(title("hp 364xl"), title("hp 364 "), text("364") & brand("HP") & k.INK)
G["tn2110"] = G["tn 2110"] = Grades(text(r"\btn-?2110"), text(r"\btn-? ?2120"), fits(r"hl-?21[45]0") & (k.DRUM | k.PRINTER) | text(r"dr-?2100"))
G["clt-k5082s"] = G["clt k5082s"] = Grades(title("clt-k5082"), title("clt-k508l"), title("clt-[cmy]508"))
G["pgi-7bk"] = G["pgi7bk"] = Grades(title("pgi-7bk"))
G["tk-130"] = Grades(text(r"kyocera tk-130\b"), NOTHING, k.PRINTER & title("fs-1300|fs-1028|fs-1350") | title("mk-130"))
G["106r01374"] = Grades(text("106r01374"), text("106r01373"), title("phaser 3250") & k.PRINTER)
G["elplp50"] = G["elp lp50"] = Grades(text(r"elplp50\b"))
G["i7-9700"] = G["i7 9700"] = Grades(text(r"i7-9700\b"), text(r"i7-9700[kft]"), k.CPU & text(r"core i7") | (k.LAPTOP | k.DESKTOP)
    & text("9th gen.*i7|i7-9|i7-8700"))
G["e5430"] = Grades(k.CPU & text("e5430"), text("e5430"), k.CPU & text(r"\be54\d\d\b"))
G["wrt54gl"] = G["wrt 54 gl"] = Grades(title("wrt54gl"), NOTHING, brand("Linksys") & k.ROUTER)
G["tl-sg1008"] = G["tlsg1008"] = Grades(text(r"tl-sg1008\b"), text("tl-sg1008|tl-sg108"), brand("TP-LINK") & k.SWITCH & (title("tl-sg10|tl-sf1008")
    | number("basic_switching_rj_45_ethernet_ports_quantity", 8, 8)))
G["ue200e"] = Grades(text("ue200e"))
G["t0711"] = Grades(text(r"\bt0711\b"), text(r"t0711"), text(r"\bt071[2345]"))
G["lc-1000"] = Grades(text(r"\blc-?1000"), text(r"lc-?1000"))
G["canon 701l yellow"] = Grades(title("701l.*yellow"), title("canon 701 .*yellow"), title(r"\b701l"))
G["sa1vbe04"] = Grades(title("sa1vbe04"), title("sa2vbe04"), title(r"sa[12]vbe|gogear.*vibe") | text("gogear.*vibe"))
G["fs-c5400dn"] = Grades(title("fs-c5400") & k.PRINTER, title("fs-c5400") & k.PRINTER, text(r"fs-c5400|\btk-57\d|mk-570"))
G["laserjet 1012"] = Grades(title("laserjet 1012"), NOTHING, title("laserjet (1010|1015|1018|1020|1022)") & k.PRINTER | fits("1012") & k.TONER
    | title("q2612") | HP_12A)
G["wh-1000xm4"] = G["wh1000 xm4"] = Grades(NOTHING, k.HEADPHONES & (brand("Sony") | NOISE) | k.HEADSET & brand("Sony"), ALL_HEADPHONES
    & title("bluetooth|wireless|head-?band"))
G["i7-1165g7"] = Grades(NOTHING, (k.LAPTOP | k.CPU) & text(r"i7-1065g7|i7-10[57]10"), (k.LAPTOP | k.CPU) & text(r"i7\b"))
G["ef 70 300"] = Grades(title("canon ef 70-300"), title("canon ef(-s)? ?(75-300|55-250|70-200|100-400|28-300|90-300)"))
G["g84 4700"] = Grades(title("g84-4700"), NOTHING, k.KEYPAD | title("cherry.*g84-"))
G["s10lite"] = Grades(title("galaxy s10 lite"), NOTHING, brand("Samsung") & k.SMARTPHONE & title("galaxy (s|note)|sm-[gn]") | text("eg770|s10 lite"))

# ---- properties ----
PORTS = number("ports_quantity", 4, 4) | text(r"\b4[- ]?port|4 ?x usb|2x usb-a, 2x usb-c")
G["usb c hub 4 port"] = Asked(k.HUB | title("usb-c multi-port hub|ach228|multiport adapter"), text(r"usb-?c\b|type-c"), (PORTS,
    ~known("ports_quantity") | number("ports_quantity", 5)))
UHD = title(r"4k|ultra hd|uhd|3840 x 2160") | attribute("display_resolution", "3840 x 2160")
G["27 inch monitor 4k"] = Asked(k.MONITOR, size(27), (UHD, NOTHING))
G["27 inch monitor"] = Asked(k.MONITOR, size(27))
G["black ink cartridge hp 302"] = Grades(NOTHING, NOTHING, brand("HP") & k.INK & title("black") & ~title("cyan|photo|matte|light"))
G["wireless mouse"] = G["cordless mouse"] = Asked(k.MOUSE, WIRELESS, near=k.TRACKBALL & ~title("keyboard"), serves=k.DESKTOP_SET & WIRELESS[0])
G["wirless mouse"] = G["wireless mouse"]
G["wireless keyboard and mouse"] = Asked(k.DESKTOP_SET, WIRELESS, serves=(k.KEYBOARD | k.MOUSE) & WIRELESS[0])
GERMAN = title("qwertz|german") | attribute("keyboard_layout", "qwertz") | attribute("keyboard_language",
    "german"), ~known("keyboard_layout") & ~text(r"qwerty|azerty|english|french|italian|\b(gb|uk|us|intl|norwegn|belgi\w*|swiss|spanish|nordic|"
    r"dutch|pt|russian)\b")
G["qwertz keyboard"] = G["tastatur deutsch"] = Asked(k.KEYBOARD, GERMAN, near=k.DESKTOP_SET)
G["laptop 16gb ram"] = Asked(k.LAPTOP, MEMORY_16)
RTX = text(r"rtx.? ?2070") | attribute("discrete_graphics_adapter_model",
    r"rtx.? ?2070"), text(r"rtx.? ?20[68]0") | attribute("discrete_graphics_adapter_model", r"rtx.? ?20[68]0")
G["gaming laptop rtx 2070"] = Grades(k.LAPTOP & RTX[0], k.LAPTOP & RTX[1], k.LAPTOP & GAMING | k.GPU & text("rtx.? ?2070"))
G["17 inch laptop"] = Asked(k.LAPTOP, (INCHES(16.9, 17.4), INCHES(16, 18.5)))
G["touchscreen laptop"] = Asked(k.LAPTOP, title("touchscreen|2-in-1") | yes("touchscreen"), serves=k.TABLET)
G["color laser printer a4"] = Asked(k.LASER, COLOURED, paper("a4"))
G["imprimante laser couleur"] = Asked(k.LASER, COLOURED)
G["a3 printer"] = Asked(k.PRINTER, paper("a3"), good=k.LARGE_FORMAT)
G["duplex laser printer"] = Asked(k.LASER, DUPLEX)
GIGABIT = text(r"gigabit|10/100/1000|1000 ?mbps|tl-sg|dgs-"), NOTHING
EIGHT = number("basic_switching_rj_45_ethernet_ports_quantity", 8,
    8) | title(r"\b8[- ]?ports?\b"), number("basic_switching_rj_45_ethernet_ports_quantity", 5,
    16) | ~known("basic_switching_rj_45_ethernet_ports_quantity")
G["8 port gigabit switch"] = Asked(k.SWITCH, EIGHT, GIGABIT)
POE = yes("power_over_ethernet_poe") | text(r"power over ethernet|\bpoe\b"), NOTHING
G["poe switch"] = Asked(k.SWITCH, POE, serves=title("poe injector|poe injector hub"))
G["hdmi to vga adapter"] = Grades(title(r"hdmi (to|>) vga"), title("hdmi vga adapter|hdmi and vga"),
    title(r"vga (to|>|-) hdmi|(displayport|mini dp|dvi) (to|>) vga|usb-?c.*vga") & ~k.KVM)
DP_HDMI = text(r"displayport.{0,12}(to|>|-|/).{0,8}hdmi|displayport hdmi")
G["displayport to hdmi cable"] = Grades(DP_HDMI & title("cable") & ~title("mini"), DP_HDMI & ~title("mini") & ~k.KVM & ~k.DOCK & ~k.HUB, DP_HDMI
    & title("mini") | title(r"hdmi( \d\.\d)? to (mini )?displayport"))
MINI_DP = title("mini ?-?displayport|mini dp|mdp")
G["mini displayport to dvi"] = Grades(MINI_DP & title("dvi"), title("displayport") & title("dvi") & ~k.KVM & ~k.MONITOR, MINI_DP
    & title("hdmi|vga|displayport"))
CAT6 = title(r"cat\.? ?6a?\b|category 6"), NOTHING
G["yellow cat6 cable"] = Asked(k.NETWORK_CABLE, colour("yellow"), CAT6)
G["crossover cable"] = Grades(k.CROSSOVER, title("crossover|null modem") & title("cable") & ~k.CROSSOVER & title("adapter|cat"),
    title("null modem") & title("cable"))
LC_LC = title(r"lc[/-]lc|lc (to|-) lc|lclc|lc-? ?/ ?lc") | attribute("connector_1", r"\blc\b") & attribute("connector_2", r"\blc\b")
MULTIMODE = text(r"multi-?mode|62[.,]5|50/125|\bom[1234]\b|\bmm\b"), ~text("single-?mode|9/125|8.3")
G["lc-lc multimode fiber"] = Asked(k.FIBER_CABLE, LC_LC, MULTIMODE)
G["noise cancelling headphones"] = Asked(k.HEADPHONES, NOISE, near=k.HEADSET)
G["in ear headphones with mic"] = Asked(ALL_HEADPHONES, IN_EAR, MIC)
G["earbuds"] = Grades(k.HEADPHONES & IN_EAR, k.HEADSET & IN_EAR, k.HEADPHONES)
G["black toner lexmark"] = Asked(k.TONER, brand("Lexmark") | fits("lexmark"), (title("black") | attribute("printing_colours", "^black$"),
    ~title("cyan|magenta|yellow|colou?r") & ~attribute("printing_colours")), serves=k.TONER & brand("Lexmark"), strict=True)
CYAN = title("cyan") & ~title("black|magenta|yellow") | attribute("printing_colours", "^cyan$")
G["cyan toner oki"] = Asked(k.TONER, brand("OKI") | fits(r"\boki\b"), (CYAN, title("cyan")), serves=brand("OKI") & (k.DRUM & CYAN), strict=True)
HIGH = text(r"high (yield|capacity)|extra high|large capacity|\bxl\b|\bhy\b|\d{2}k\b|hohe"), NOTHING
G["high yield toner"] = Asked(k.TONER, text(r"high[- ](yield|capacity)"))
G["ddr4 ram"] = Asked(k.RAM & ~k.PRINTER_MEMORY, title(r"\bddr4") | attribute("internal_memory_type", "^ddr4"))
SODIMM = title("so-?dimm") | attribute("memory_form_factor", "so-?dimm") | text("so-?dimm|notebook|"
    "laptop"), ~known("memory_form_factor") & ~title("dimm")
DDR2 = text(r"\bddr2") | attribute("internal_memory_type", "^ddr2")
G["sodimm ddr2"] = Asked(k.RAM & ~k.PRINTER_MEMORY, SODIMM, DDR2)
G["nvme ssd"] = Asked(k.INTERNAL_SSD, text("nvme|pci express"))
CORDLESS = title("cordless|dect") | text("dect")
G["cordless phone"] = Grades(k.PHONE & CORDLESS, k.PHONE & title("handset|voip841"), k.PHONE & ~title("toy|green"))
G["robot vacuum"] = Grades(k.VACUUM & title("robot"), NOTHING, k.VACUUM)
G["65 inch tv"] = Asked(k.TV, (INCHES(64, 65.6), INCHES(60, 70)))
DUAL = title("dual sim") | attribute("sim_card_capability", "dual")
G["dual sim phone"] = Asked(k.SMARTPHONE, DUAL, near=k.MOBILE_PHONE)
G["android phone 128gb"] = Asked(k.SMARTPHONE, (number("internal_storage_capacity", 128, 128) | title(r"\b128 gb"),
    number("internal_storage_capacity", 129) | ~known("internal_storage_capacity")))
G["usb to serial adapter"] = Grades(k.USB_SERIAL & ~title("kvm|ups|netbotz|ipaq"), title("usb.*(db9|rs-?232|serial)")
    & ~title(r"kvm|\bups\b|printer|tm-|pdu|serial ata|barcode|keyboard") & ~k.UPS, title("usb (to|->|ieee|1284|.*adapter).*parallel|"
    "ps/2.*usb.*adapter") & ~k.KVM & ~k.PRINTER & ~k.UPS & ~brand("Xerox"))
RACK = ~title("containment|assembly|battery frame|cooling|inrow|px \\d") & title(r"rack (enclosure|cabinet)|server (rack|cabinet)|netshelter|"
    r"smartrack|freestanding rack|open frame rack|rack enclosure") & ~title(r"\bkit\b|shelf|accessor|^(?!.*(cabinet|enclosure|freestanding|"
    r"frame rack)).*(door|panel|roof|cable|pdu|rail)|power distribution|brush|stabili|filler|replacement|lock\b|door only|extension frame|bolt|"
    r"ups\b|rack accessory")
G["42u server rack"] = Asked(RACK, title(r"\b42u|42 ?he") | attribute("rack_capacity", r"^42"))
G["tv wall mount"] = Grades(k.TV_MOUNT & title("wall"), k.TV_MOUNT, title(r"mount|bracket|floor ?stand|cart")
    & title(r"\btv\b|flat screen|flat panel|lcd") & ~k.MONITOR & ~title("kvm|console"))
A4_SHEET = title(r"\ba4\b")
G["white labels a4"] = Asked(k.LABEL & ~brand("DYMO"), title("white|premium"), A4_SHEET)
G["waterproof labels"] = Grades(k.LABEL & title("weatherproof|waterproof|hard-wearing"), k.LABEL & title(r"\bfilm\b|polyester") | k.LABEL_TAPE
    & title("laminated|polyester|vinyl"))
MATTE = text(r"\bmatte?\b") | attribute("finish_type", "matt"), ~text("gloss|satin|luster|lustre|pearl|semi")
G["matte photo paper a4"] = Asked(k.PHOTO_PAPER | k.PAPER & title("matte paper|matt paper|heavyweight|matte"), MATTE, (text(r"\ba4\b|210 ?x ?297"),
    text(r"8[.,]5|letter|a4")))
G["15.6 laptop sleeve"] = Asked(k.SLEEVE, (INCHES(15.3, 15.7) | title(r"15-16|15[.,]6|15\.4"), INCHES(15, 16.2)), near=k.LAPTOP_BAG)
G["privacy filter 24 inch"] = Asked(k.PRIVACY_FILTER, (INCHES(23.9, 24.2) | text(r"\b24 (wide|inch)|pf24"), INCHES(23, 25)))
G["iphone case"] = Grades(fits("iphone") & title("case|cover|folio|skin|sleeve|shell"), NOTHING, title("mobile phone case") | fits("iphone")
    & title("protector|holder"))
AA = text(r"\baa\b|hr6\b|\blr6\b|\br6")
G["rechargeable aa batteries"] = Asked(k.RECHARGEABLE_BATTERY | k.BATTERY, text("rechargeable|recharge|ni-?mh|accu|stay ?charged"), (AA
    & ~title(r"\baaa\b"), NOTHING), serves=k.CHARGER & AA)
VA = number("output_power_capacity", 1450, 1550) | title(r"\b(1500 ?va|1[.,]5 ?kva)")
G["ups 1500va"] = Asked(k.UPS, (VA, number("output_power_capacity", 1300, 2000) | ~known("output_power_capacity") & ~title(r"\d ?k?va\b")))
LINE = text("line-?interactive") | attribute("ups_topology", "line-interactive"), ~known("ups_topology") & ~text("on-?line|double.?conversion|"
    "stand-?by|back-ups")
G["line interactive ups"] = Asked(k.UPS, LINE)

# ---- quantities, spaced and spelt this way and that ----
DRIVE = k.HDD | k.EXTERNAL_HDD
G["1tb hard drive"] = G["1 tb hard drive"] = Asked(DRIVE, gigabytes(1000), near=k.INTERNAL_SSD, serves=k.NAS & GIGABYTES(1000))
G["festplatte 500 gb"] = Asked(DRIVE, gigabytes(500), near=k.INTERNAL_SSD)
G['15.6" laptop'] = G["15.6 in laptop"] = Asked(k.LAPTOP, (INCHES(15.5, 15.7), INCHES(15, 16.2)))
G["64gb usb stick"] = G["64 gb flash drive"] = Asked(k.USB_STICK, gigabytes(64))
G["3m hdmi cable"] = Asked(k.HDMI_CABLE | k.HDMI_EXTENSION, long(3))
G["25 foot cat5e cable"] = Asked(k.NETWORK_CABLE, (FEET(24, 26), FEET(19, 33) | ~METRES.known), title(r"cat\.? ?5e|category 5e"))
G["50ft ethernet cable"] = Asked(k.NETWORK_CABLE, (FEET(48, 52), FEET(33, 76) | ~METRES.known))
G["2gb ddr2"] = Asked(k.RAM & ~k.PRINTER_MEMORY, (RAM(1.95, 2.05) | ~RAM.known & GIGABYTES(2), RAM(4) | RAM(1)), DDR2)
SPEED = number("memory_clock_speed", 3200, 3200) | title(r"3200"), number("memory_clock_speed", 2900, 3700)
G["16gb ddr4 3200mhz"] = Asked(k.RAM & title("ddr4") & ~k.LAPTOP, (RAM(15.9, 16.1) | title(r"\b16 ?gb"), RAM(32) | RAM(8)), SPEED)
G["128 gb micro sd"] = Asked(k.MEMORY_CARD & title("micro"), (GIGABYTES(128), GIGABYTES(256) | GIGABYTES(64)), serves=k.MEMORY_CARD & GIGABYTES(128))
G["750w power supply"] = Asked(k.PSU, (number("total_power", 745, 755) | title(r"\b750 ?w"), number("total_power", 690, 860)))
G["3000va ups"] = Asked(k.UPS, (number("output_power_capacity", 2900, 3100) | title(r"\b(3000 ?va|3 ?kva)"), number("output_power_capacity", 2200,
    4000) | ~known("output_power_capacity") & ~title(r"\d ?k?va\b")))
G["12mm label tape"] = Asked(k.LABEL_TAPE, (text(r"\b12 ?mm|\btze?-?\w?3\d"), ~text(r"\b\d+ ?mm\b")))
LITRES = title(r"1[.,]7 ?-?l(iter|itre)?\b") | number("water_tank_capacity", 1.65, 1.75) | number("capacity", 1.65, 1.75) | text(r"1[.,]7 ?l")
G["1.7 l kettle"] = Asked(k.KETTLE, (LITRES, ~text(r"\d[.,]?\d? ?l\b") | text(r"1[.,][568] ?l")))

# ---- plain language ----
G["laptops under $800"] = Priced(Grades(k.LAPTOP), 0, 800)
G["black laptop 16gb between 500 and 900"] = Priced(Asked(k.LAPTOP, colour("black"), MEMORY_16), 500, 900)
G["quiet mouse for work"] = Grades(k.MOUSE & text(r"silent|quiet|noiseless"), k.MOUSE & ~GAMING & ~title("crazy|ring finger|jerry|kids|big"),
    k.MOUSE | k.TRACKBALL & ~title("keyboard"))
G["cheapest a4 laser printer"] = Cheapest(k.LASER & (paper("a4")[0] | paper("a4")[1]) & ~paper("a3")[0], k.LASER)
G["printer under 100 dollars"] = Priced(Grades(k.PRINTER, k.POS_PRINTER, k.LABEL_PRINTER), 0, 100)
G["headphones under 20"] = Priced(Grades(k.HEADPHONES, k.HEADSET), 0, 20)
G["monitor less than 200"] = Priced(Grades(k.MONITOR), 0, 200)
SMART = title("smart tv") | yes("smart_tv"), ~known("smart_tv") & text("net ?tv|internet")
G["smart tv over 1000"] = Priced(Asked(k.TV, SMART), 1000, 1e9)
G["laptop for students under 400"] = Priced(Grades(k.LAPTOP & ~title("workstation")), 0, 400)
G["phone below 150"] = Priced(Grades(k.MOBILE_PHONE, k.PHONE & ~title("green")), 0, 150)
G["gaming headset under $100"] = Priced(Asked(k.HEADSET | k.HEADPHONES & title("gaming|hyperx"), title("gaming|hyperx|alienware|fortnite|"
    "playstation") | text("gaming")), 0, 100)
CLEANING = title("clean") & ~title("printhead and|toothbrush|shav|trimmer|vacuum|lens")
G["something to clean my printer"] = Grades(CLEANING & (title("print|fuser|laser|inkjet|cleaning (kit|cartridge|sheet|page|paper)")
    & ~title("assembly|belt|scanner|tray|dr-")), CLEANING & (fits("printer") | brand("HP", "Lexmark", "Xerox", "OKI", "Brother", "DYMO", "Epson",
    "KYOCERA", "Canon")), title("clean") & title("equipment|cloth|wipes|duster|air|printhead and") | title("maintenance kit"))
CHILD = number("recommended_age_min", 0, 9) | number("recommended_age_min_years", 0, 9)
G["puzzle for kids under 10"] = Grades((k.PUZZLE | attribute("type", "puzzle")) & ~title("1000|1500|2000|3000|wasgij|500 pc") & (CHILD
    | title(r"\b([2-9]\d|1\d\d|2[0-6]\d)[ -]?(pc|piece)|kids|baby")) & ~title("maze|perplexus|game"), (k.PUZZLE | attribute("type", "puzzle"))
    & ~title("1000|1500|2000|3000|wasgij"), k.PUZZLE | attribute("type", "puzzle"))
G["labels for cd"] = Grades(k.LABEL & title(r"\bcd\b|cd/dvd|\bdvd\b"), title(r"\bcd\b.*label|label.*\bcd\b"))
G["toner for laserjet 1012"] = Grades(HP_12A | title("q2612"), NOTHING, title("laserjet 1012"))
G["battery for hp laptop"] = Grades(k.LAPTOP_BATTERY & HP_LAPTOP_FIT | brand("HP") & title("notebook spare part battery"), k.LAPTOP_BATTERY
    & ~brand("Lenovo", "Toshiba", "DELL", "ASUS", "Acer", "Dynabook", "Sony") & ~fits("dell|lenovo|asus|acer|toshiba|thinkpad|latitude|xps"))
G["charger for hp laptop"] = G["netzteil hp notebook"] = Grades(k.LAPTOP_POWER & HP_LAPTOP_FIT, k.LAPTOP_POWER & ~brand("Lenovo", "Toshiba",
    "DELL", "ASUS", "Acer", "Fujitsu", "Dynabook") & ~fits("dell|lenovo|asus|acer|toshiba|thinkpad|apple"))
G["lamp for epson projector"] = Grades(k.PROJECTOR_LAMP & (brand("Epson") | fits("epson")))
G["case for ipad"] = Grades(fits(r"\bipad\b") & title("case|sleeve|folio|cover"), title("tablet case") & ~fits("surface|galaxy|kindle|prs|reader"),
    title("tablet case|tablet.*(enclosure|stand)") | fits(r"\bipad\b") & title("stand|holder|protector"))
G["cable to connect laptop to tv"] = Grades(k.HDMI_CABLE, title("hdmi") & title("cable") & title("displayport|dvi|usb-?c")
    | title("vga|s-?video|displayport|usb-?c") & title("hdmi|tv\\b") & title("cable|converter|adapter") & ~k.KVM & ~k.DOCK,
    title("vga cable|dvi cable|s-?video cable|dvi-d.*cable|pc (to )?tv"))

# ---- other words for the same ----
G["toner cartridges"] = Grades(k.TONER)
G["batteries"] = Grades(k.BATTERY, title("batter") & ~title(r"charger|holder|case\b|cable|hdd|service|enclosure|ups\)|raid|controller|rail|cabinet|"
    r"frame") & ~k.LAPTOP & ~k.SERVICE & ~k.UPS)
G["memory cards"] = Grades(k.MEMORY_CARD, NOTHING, k.CARD_READER)
G["speaker"] = Grades(k.SPEAKER, title("docking speaker|speaker dock|speaker bar|music station"))
G["surge protectors"] = Grades(k.SURGE & ~title("^(?!.*surge).*power strip"), k.SURGE | title("protection box|surge module|protectnet|datashield"))
G["key board"] = G["keyboard"]
G["keybord"] = G["keyboard"]
G["flashdrive"] = G["thumb drive"] = G["memory stick"] = G["usb stick"]
G["memory stick"] = Grades(k.USB_STICK | title("memory stick") & k.MEMORY_CARD, k.MEMORY_CARD)
G["head phones"] = G["hedphones"] = G["headphones"]
G["hard disk drive"] = G["harddrive"] = Grades(DRIVE, NOTHING, k.INTERNAL_SSD | k.NAS)
G["wifi router"] = Grades(k.WIFI_ROUTER | title("fritz!box"), NOTHING, k.ROUTER | k.ACCESS_POINT)
G["bluray player"] = Grades(title("blu-?ray") & title("player") & ~title("remote|label|ps3 |cable"), title("blu-?ray.*(drive|rom|writer)"),
    title(r"dvd.*player|dvd player|portable dvd"))
G["cell phone"] = Grades(k.MOBILE_PHONE, NOTHING, k.PHONE & ~title("green"))
G["samsng phone"] = Asked(k.SMARTPHONE, brand("Samsung"))
G["notebook bag"] = Grades(k.LAPTOP_BAG | k.BACKPACK & title("notebook|laptop"), k.BACKPACK | k.SLEEVE)
G["ram"] = Grades(k.RAM & ~k.PRINTER_MEMORY, NOTHING, k.PRINTER_MEMORY | title("printer memory"))
G["cpu"] = Grades(k.CPU)
G["tft screen"] = Grades(k.MONITOR, k.SIGNAGE, k.TV)
G["wlan access point"] = Grades(k.ACCESS_POINT, title(r"wifi.*repeater|network repeater|\bmesh (set|kit|system)"), k.WIFI_ROUTER)
G["tooth brush electric"] = Grades(k.TOOTHBRUSH, NOTHING, k.TOOTHBRUSH_HEAD)
G["hoover"] = Grades(k.VACUUM, NOTHING, title("vacuum"))
G["labtop"] = G["laptop"]
G["epsom ink"] = Asked(k.INK, brand("Epson") | fits("epson"), strict=True)
G["cannon lens"] = G["canon lens"]
G["moniter"] = G["monitor"]

# ---- other languages ----
G["patchkabel cat6"] = Asked(k.NETWORK_CABLE & ~k.CROSSOVER, CAT6, near=k.CROSSOVER)
SATA = title(r"(serial ata|sata)\b.*(cable|kabel)|(cable|kabel).*\bsata") & ~title("enclosure|dock|adapter|usb|power|controller|pixels|card|"
    "splitter|ultra|kit|rails")
G["serial ata kabel"] = Grades(SATA, title("sata") & title("cable") & ~title("enclosure|dock|pixels|controller card|external hard"))
BLACK_TONER = title("black|zwart|noir") | attribute("printing_colours", "^black$"), ~title("cyan|magenta|yellow|colou?r|jaune|"
    "cyaan") & ~attribute("printing_colours")
G["tonercartridge zwart"] = Asked(k.TONER, BLACK_TONER)
G["toner noir canon"] = Asked(k.TONER, brand("Canon") | fits("canon"), BLACK_TONER, serves=brand("Canon") & k.TONER, strict=True)
G["trommel kyocera"] = Asked(k.DRUM, brand("KYOCERA") | fits("kyocera"), serves=brand("KYOCERA") & title("developer|maintenance kit|mk-"),
    strict=True)

# ---- no kind is named, or the shop has no such thing ----
G["gift for a 5 year old girl"] = Grades(GIRLS & ~title("1000|500 pc"), KIDS, k.TOY_BRANDS)
G["toys for boys"] = Grades(BOYS, KIDS & ~GIRLS, k.TOY_BRANDS)
G["office supplies"] = Grades(k.OFFICE_SUPPLIES & ~k.PRINTER, k.CALCULATOR | k.PAPER | k.LABEL_TAPE | title("staple"), CARTRIDGE | k.LABEL_PRINTER)
G["kitchen appliances"] = Grades(k.KITCHEN, NOTHING, title("kitchen|coffee|kettle|blender|grill") & ~title("doll|l\\.o\\.l|families|playhouse|step2|"
    "cpu"))
G["travel adapter"] = Grades(title("power plug adapter|travel adapter|travel.*plug"), title("travel.*(ac|power) adapter|smart travel|universal.*(ac|"
    "power) adapter") & ~title("cord lead"), title("travel charger|auto/air|travel kit"))
G["drone"] = Grades(NOTHING)
G["lego"] = Grades(NOTHING, NOTHING, k.TOY_BRANDS & title("build|brick|construct|blocks|meccano"))
G["apple watch"] = Grades(NOTHING, k.WATCH & ~title("case|strap|toy|charg"))
G["nintendo switch console"] = Grades(NOTHING, title("playstation 4 (slim|\\+|pro)|nintendo.*console") & ~title("game|case"), title("nintendo")
    | title("playstation 4") & ~title("video game"))
G["iphone 12"] = Grades(NOTHING, k.SMARTPHONE & costs(350), k.SMARTPHONE | fits("iphone") & title("case|protector"))
G["standing desk"] = Grades(NOTHING, title(r"sit-?stand|standing desk|height.adjustable (desk|workstation)|workfit|desktop riser"),
    title(r"mobile work ?station") & ~k.LAPTOP | title("work center stand|monitor riser"))
