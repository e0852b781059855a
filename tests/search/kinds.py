"""What a thing is, whatever its title says: each kind as a predicate over titles and attributes, read against what it takes and leaves."""
from catalogue import GIGABYTES, INCHES, Is, attribute, brand, known, number, text, title, yes

TYPE = lambda pattern: attribute("product_type", pattern)  # noqa: E731
SERVICE = title(r"\bsvc\b|warrant|onsite|on-site|care ?pack|hw supp|\d ?y(ea)?r?s?\b.*(support|service|nbd)|service (renewal|guarantee|pack|plan)|"
    r"licen[cs]e|installation|hardware support|services?\b.*(day|year|month)|disk retention|exchange|nextbus|nextbusday|\bnbd\b|return to|pick-?up")
PART = title(r"\bspare\b|accessor|\bpart\b|replacement|\bkit\b")

# ---- computers ----
_CARRIED = title(r"\bcase\b|\bbags?\b|backpack|sleeve|briefcase|carry|rucksack|messenger|slipcase|\broller\b|skin\b|pouch|holder|wallet")
_FOR_LAPTOPS = title(r"adapt[eo]r|batter|lock\b|stand\b|dock|replicator|filter|screen|keypad|keyboard|\bkbd\b|mouse|cooler|memory|module|charger|"
    r"cable|cart\b|surge|sodimm|spare|accessor|webcam|headset|speaker|light\b|remote|drive\b(?!.*pixels)|projector|riser|hub\b|firewire|squared|"
    r"lined|kit\b|notebook power")
_REST = title(r"mount|power adapter|\barm\b|hard ?drive")
NOTEBOOK = (TYPE("^notebook$|chromebook|netbook|mobile workstation") | (title(r"\bnotebook|\blaptop|\bnetbook|ultrabook|mobile workstation|"
    r"chromebook") & ~_CARRIED & ~_FOR_LAPTOPS & ~_REST) | (brand("HP") & title(r"elitebook|probook|^hp (compaq )?(5[15]0|6[12]0|6[157]\d\d[bs])\b|"
    r"pavilion dv|presario c") & ~_CARRIED & ~_FOR_LAPTOPS & INCHES(10, 18))) & ~SERVICE
TWO_IN_ONE = TYPE(r"hybrid|convertible") | title(r"hybrid \(2-in-1\)")
_UNSAID = (text(r"notebook pc\b") & brand("HP") & title(r"^hp compaq (nc|nx|nw|\d)")) | (brand("Lenovo", "ASUS", "Acer", "DELL", "Toshiba")
    & title(r"^lenovo ideapad s\d+$"))
NOTEBOOK = NOTEBOOK | _UNSAID & ~SERVICE & ~_CARRIED & ~_FOR_LAPTOPS
LAPTOP = NOTEBOOK | TWO_IN_ONE
CHROMEBOOK = LAPTOP & title("chromebook")
TABLET = title(r"\btablet\b|denver taq|galaxy tab|lenovo tab\b|mediapad|matepad") & ~_CARRIED & ~title(r"graphic|pen\b|stylus|mount|stand|dock|"
    r"cover|folio|holder|charg|enclosure|lock|keyboard|protector|cart|battery|adapter|cable|svc") & ~LAPTOP
LAPTOP_BAG = title(r"trademark.*computer case|notebook case|notebook bag|laptop (bag|case|roller|brief|backpack|slipcase|tote|sleeve)|"
    r"netbook (sleeve|case|bag)|notebook (sleeve|backpack|roller)|briefcase|slipcase|laptop roller|overnight laptop|"
    r"mobile printer and notebook case|laptop overnight") & ~title("ipaq|pocket pc|\\bpda\\b|hard drive")
SLEEVE = title(r"\bsleeve") & (LAPTOP_BAG | title(r"notebook|laptop|macbook|netbook")) & ~title("mp3|ipod|tablet|phone|game|cable")
BACKPACK = title(r"backpack|rucksack|daypack") & ~title("puzzle|doll|hook")
DESKTOP = ((TYPE(r"^pc$|workstation$|all-in-one|mini pc") & ~TYPE("mobile")) | (attribute("type", "^PC$") & known("processor_family"))) & ~LAPTOP
DOCK = title("thunderbolt.*docking station") | title(r"\bdock|port replicator|usb-c.*dock|quickdock") & ~title(r"speaker|entertainment|photosmart|"
    r"monitor$|ipod|ipaq|camera|hard drive|hdd|disk|cable|case|drive|doll|screw|plate|power adapter|psu|memory|phone|mp3|lock|tv\b") & ~SERVICE
PRIVACY_FILTER = title(r"privacy (screen|filter)|privacy.*filter|filter.*privacy")
LOCK = ~title(r"usb port|handles|docking") & title(r"cable lock|(laptop|notebook|computer|combination|master|keyed|security) lock|microsaver|"
    r"clicksafe|combosaver|nanosaver|defcon|\block\b") & ~LAPTOP & ~title(r"pixels|dock|mouse|keyboard|rack|cabinet|monitor\b(?!.*lock)|mount|"
    r"stand\b|tower|file|fan|cable with|patch|power cord|connector|cover|shipping|c13|c14|c19|\btv\b|rj-?45|ups\b|door|drawer|inserts|battery|"
    r"cartridge|padlock kit|stylus|tablet security|enclosure|slot$|patrol")


# ---- screens ----
_FOR_SCREENS = title(r"mount|\barm\b|\bstand\b|cable|kvm|filter|protector|adapter|splitter|bracket|extension|extender|switch|riser|cart\b|hood|"
    r"lcd console|console|baby|spot|temperature|netbotz|light bar|temp\b|environment|volume|speaker|blood|smart-ups|pdu|power|camera|printer|server|"
    r"sensor|desk|holder|projector|player|photo ?frame|calculator|phone|upgrade|labelmanager|quickpack|usb hub|converter|selector|signal|coax")
_SCREEN_MAKERS = ("HP", "DELL", "Samsung", "Philips", "LG", "ASUS", "Acer", "AOC", "iiyama", "EIZO", "NEC", "Lenovo", "Fujitsu", "Alienware",
    "MSI", "Toshiba", "Sony", "Sharp", "Gigabyte")
MONITOR = ((title(r'cm \(\d+(\.\d+)?"\) \d+ x \d+ pixels') & ~title(r"intel|amd\b|ryzen|android|windows|\bgb\b|notebook|netbook|camera|thin client|"
    r"celeron|core|freedos|chrome")) | title(r"\bmonitor\b(?!.*(cable|arm))|\blcd\b.*monitor|flat panel monitor|tft monitor|docking monitor")
    & brand(*_SCREEN_MAKERS)) & ~_FOR_SCREENS & ~LAPTOP & ~DESKTOP & ~TABLET & ~SERVICE & ~title(r"\btv\b|television|smartphone|player|navigator|"
    r"ipaq|watch|public display|signage|photo ?frame|kvm|privacy|calculator|e-?book|reader|ambilight|plasma|thinkpad|webcam")
SIGNAGE = title(r"signage|public display|plasma panel|large format display") & ~_FOR_SCREENS
TV = title(r"\btv\b|television|hotel") & INCHES.known & ~title(r"mount|bracket|stand|remote|cart\b|cable|antenna|tuner|holder|wall|cd \d|cabinet|"
    r"arm\b|adapter|ceiling|support|lift|clean|hdmi switch|converter|dvd/|splitter|player|box\b|turn table") & ~brand("Newstar", "Chief",
    "Vogel's", "StarTech.com", "Tripp Lite", "C2G", "Multibrackets")
TV = TV | text(r"flat tv\b|flatscreen tv|lcd tv") & known("display_diagonal") & brand("Philips", "Samsung", "LG", "Sharp", "Toshiba",
    "Sony") & ~title("mount|monitor|stand|player|frame")
TV_MOUNT = title(r"mount|bracket") & title(r"\btv\b|flat (screen|panel)|lcd|plasma|display|screen|monitor") & title(r"wall|tilt|fixed|swivel|flat|"
    r"articulat|full.?motion|cantilever") & ~title(r"desk|ceiling|projector|rack|pole|floor|cart\b|server|accessor|clamp|speaker|interface|keyboard|"
    r"cpu|ipad")
PROJECTOR = title(r"\bprojector\b|ansi lumens") & ~title(r"lamp|mount|lens|screen|pole|bag|case|accessor|bracket|ceiling(?!-)|cart\b|stand|bulb|"
    r"filter|cable|arm\b|shelf|remote|adapter|svc|extension|holder|projection plate|presenter|kit\b|splitter|jetdirect|manager")
PROJECTOR = PROJECTOR | (known("projector_brightness") | known("projection_technology")) & ~title(r"lamp|lens|mount|tv\b|television")
PROJECTOR_LAMP = title(r"projector lamp|elplp|lamp f\b|replacement lamp|lamp (-|assembly|module)|projector.*(lamp|bulb)|lmp-|"
    r"lv-lp") & ~title("lamp cover|filter")
PROJECTION_SCREEN = title(r"projection screen|projector screen")

# ---- input and sound ----
_KEYS = title(r"\bkeyboards?\b")
DESKTOP_SET = (_KEYS & title(r"\bmouse\b|desktop set|and mouse|optical desktop") & ~title(r"kvm|cable|extender|adapter|drawer|tray|extension|"
    r"y-?split|video|ps/2 (keyboard|to)|platform|rest|switch|touchpad|console|wipes|connector|converter|avocent|"
    r"support")) | title(r"cordless desktop|wireless desktop (set|kit)|multimedia desktop\b.*cherry|\bmk\d{3} keyboard|"
    r"cherry.*\bdesktop\b") | (_KEYS & yes("mouse_included"))
KEYBOARD = (_KEYS | title(r"\bkbd\b|clavier|tastatur")) & ~title(r"kvm|cable|cover|extender|\badapter|drawer|\btray|extension|wrist|rest\b|splitter|"
    r"switch comp|platform|video|skin|pixels|notebook power|server|console|clean|wipes|monitor|\brack|folio|protector|tablet|shelf|y-?cable|"
    r"connector|mp3|musical|label|lcd|holder|to usb|ps/2 mouse|keyboard or|mount|mechanism|keyboards? \d|for keyboard|case|chromebook|"
    r"support") & ~DESKTOP_SET & ~LAPTOP
KEYPAD = title(r"keypad|numeric pad")
MOUSE = title(r"\bmouse\b|\bmice\b") & ~_KEYS & ~title(r"(?<!think)pad\b|mousepad|mouse ?mat|rest|pillow|cable|kvm|adapter|extension|extender|baby|"
    r"families|toy|pouch|trap|family|splitter|video|to usb|cordless desktop|platform|surface|console|avocent|tray|holder|wave|touchpad|presenter|"
    r"server|ps/2 keyboard|y-|game|bag|bundle|carrying|card|pack\b.*cleaning|set\b|charger|disney|minnie|mickey")
MOUSE = MOUSE | known("movement_detection_technology") & ~_KEYS & ~title(r"trackball|gamepad|tablet|touchpad|bundle|carrying|set\b")
TRACKBALL = title(r"trackball|orbit|expert mouse|slimblade") & ~title("satellite")
MOUSE_PAD = title(r"mouse ?pad|mousepad|mouse mat|mouse surface")
HEADSET = title(r"headset") & ~title(r"adapter|cable|splitter|stand|holder|hook|case|battery|charger|switch|amplifier|training|cushion|y-|"
    r"headphones/headset|earpad|bracket|(?<!i)phone\b|extension|sound card")
HEADSET = HEADSET | TYPE("^headset$") & ~title("headphone")
HEADPHONES = TYPE("^headphones$") & ~HEADSET | title(r"headphones?\b|earphones?|earbuds?|earhook|in-?ear|ear-hook|headphones/headset|"
    r"galaxy buds") & ~title(r"cable|splitter|adapter|stand|holder|case|speakers|amplifier|extension|docking|toothbrush|player|headset training|y-|"
    r"hanger|radio|thermometer|jack|monitor|cushion|dac|hook for")
SPEAKER = title(r"\bspeakers?\b|loudspeaker|soundbar|sound bar|subwoofer|\bsoundstand") & ~title(r"cable|\bwire\b|in wall|mount|stand|extension|"
    r"phone\b|conference|keystone|volume|wall ?plate|bracket|adapter|selector|player|radio|clock|system specific|monitor|spk|pixels|banana|"
    r"connector|tv\b|ceiling|splitter|switch")
SPEAKER = SPEAKER | known("speaker_placement") & ~title(r"cable|mount|phone\b|monitor|tv\b|player|radio|system|theat|\bstand")
MICROPHONE = title(r"microphone|\bmic\b") & ~title(r"cable|kvm|headset|headphone|webcam|speakerphone|adapter|splitter|extender|extension|stand\b|"
    r"camera|switch|splitter|monitor|keyboard|dock|usb \d|sound card|voice recorder|digital")
WEBCAM = title(r"webcam|web cam|web camera") & ~title("webcard|dock|cover|mount|light|adapter|netbotz")
CAMERA = title(r"compact camera|digital camera|bridge camera|slr camera|coolpix|powershot|cyber-shot|photosmart [a-z]?\d+ (digital )?camera|"
    r"camera body|camcorder|megapixel|ixus") & ~title(r"case|bag|battery|charger|lens\b(?!.*kit)|kids|webcam|flash|filter|housing|adapter|cable|"
    r"mount|memory|strap|dock|printer|network|security|ip ")
CANON_LENS = brand("Canon") & title(r"\bcamera lens\b|\blens\b|\bef(-s)? ?\d|\btelephoto|\bmacro lens|standard lens|wide") & ~title(r"\bcap\b|hood|"
    r"case|pouch|adapter|filter|converter|extender|mount|lens barrel|cleaning|lamp|projector|scanner|cover|battery|camera case|ring|paper|carriage|"
    r"printer|strap|tripod|collar|lv-|camera kit|eos \d+|dust|ribbon|cloth|extension tube")

# ---- storage and memory ----
USB_STICK = (title(r"flash drive|usb drive|usb stick|datatraveler|pen ?drive|memory stick usb|store 'n' go|usb memory|jump ?drive|thumb drive|"
    r"rapid dash|usb flash") & ~title(r"hard|hdd|ssd|case|cable|dock|enclosure|adapter|hub|floppy|dvd|cd-rw|tape|external"))
MEMORY_CARD = title(r"memory card|microsd|micro sd|sdhc|sdxc|\bsd card|compact ?flash|memory stick|multimedia ?card|\bcf card|mmc|flash card|"
    r"canvas (go|select|react)") & ~title(r"reader|adapter(?!$)|usb|drive bay|duplicator|to sata|to ide|player|printer|case\b|pcmcia|converter|"
    r"camera|hub|ssd|pocket pc|phone|dimm|module|flash memory upgrade") | (title("sd.*card.*adapter") & brand("V7", "Verbatim"))
MEMORY_CARD = MEMORY_CARD | title(r"memory stick.*\d ?gb|\d ?gb memory stick") & ~title("reader")
MEMORY_CARD = MEMORY_CARD | known("flash_card_type") & ~title("reader|usb drive|camera|player")
CARD_READER = title(r"card reader")
_SSD_LINES = title(r"x25-[me]|\bpm800|agility|ssdsa|vertex")
INTERNAL_SSD = _SSD_LINES | (title(r"\bssd\b|solid state|nvme|m\.2") & ~title(r"pixels|windows|notebook|workstation|tower|all-in-one|enclosure|"
    r"adapter|dock|cable|bracket|converter|controller|\bpc\b|mount|core|hdd case|barebone|server|desktop|duplicator|motherboard|usb|intel|freedos|"
    r"ryzen|celeron|drive bay|mini|thin|dos")) | (title(r"solid state drive|\bssd\b") & brand("Intel", "Kingston Technology", "Origin Storage",
    "Samsung") & ~title("pixels|windows|notebook|tower|adapter|core"))
EXTERNAL_SSD = text(r"\bssd\b") & known("ssd_capacity") & known("usb_connector") & ~LAPTOP & ~DESKTOP
HDD = (attribute("type", "^HDD$") | title(r"hard (disk )?drive|hard disk|\bhdd\b|serial ata( ii+)?$|\bsas$|hd kit|\d ?rpm|internal hard")
    & ~title(r"pixels|windows|notebook|workstation|tower|all-in-one|fan|enclosure|dock(?!.*gb)|cable|adapter|caddy|bracket|converter|controller|"
    r"case\b|mount|printer|duplicator|eraser|bag|screw|tray|barebone|server|ultra ata to|usb to|backplane|nas\b|player|core|celeron|athlon|recorder|"
    r"fax|tb\b.*nas|kit for|carrier|cooler|desktop|frame|laserjet|copier|jukebox|camera|power|cage|mp3|gogear|encryption|array|drawer|toaster")
    & GIGABYTES.known) & ~INTERNAL_SSD & ~title("ssd|solid state")
EXTERNAL_HDD = title(r"external (hard|hdd)|portable (hard|hdd)|usb.*hard drive|hard drive.*usb|desktop hard drive|passport|mybook|external hd|"
    r"ministation|drivestation|mobile (drive|hdd)|backup plus|one touch|store.n.go.*(hdd|hard)|lacie") & GIGABYTES.known & ~title(r"enclosure|dock|"
    r"cable|adapter|duplicator|case\b|caddy|flash|notebook|gb usb flash|ssd") | (title("external") & title("hard|hdd") & GIGABYTES.known)
EXTERNAL_HDD = EXTERNAL_HDD | EXTERNAL_SSD
NAS = title(r"\bnas\b") & ~title("dock")
RAM = (title(r"memory module|\bdimm\b|so-?dimm|ddr\d? .*memory|memory kit|\bsdram\b|ddr\d memory|ram module") | (known("memory_form_factor")
    & title("memory"))) & ~title(r"pixels|windows|motherboard|notebook pc|workstation|tower|printer|laserjet|processor|ssd|graphics|core|barebone|"
    r"server|poweredge|proliant|primergy|xeon|server board|\bpc\b black|card$|celeron|flash memory|atom|fast page|all-in-one|lmt|hdd")
PRINTER_MEMORY = RAM & (brand("Lexmark", "Xerox", "OKI", "Brother", "KYOCERA", "Canon", "Epson") | title("laserjet|printer"))

# ---- computer parts ----
CPU = (TYPE("^processor$") | title(r"\bprocessor\b")) & ~title(r"motherboard|pixels|cooler|fan|heatsink|notebook|workstation|tower|server board|"
    r"word|image|kit with|option kit fan|food|raid|card\b|power")
MOTHERBOARD = title(r"motherboard|mainboard|server/workstation board") | TYPE("desktop board|server/workstation board")
GPU = (title(r"graphics card|video card|geforce|radeon|quadro|nvs \d|firegl|firepro|matrox") & ~title(r"pixels|windows|notebook|workstation|tower|"
    r"motherboard|cable|adapter|\bpc\b|core|processor|dualhead2go|triplehead|all-in-one|barebone|extender|kvm|cooler|upgrade|bracket|fan|"
    r"memory module|ssd|splitter")) | (attribute("graphics_processor") & ~title("playstation|pixels|windows|motherboard|tower"))
PSU = title(r"power supply unit") | (title(r"\bpower supply\b") & title(r"\batx\b|computer power|pc power")) & ~title("ups|uninterruptible|cable|"
    "adapter")
CPU_COOLER = title(r"cooler|heatsink|cpu fan|pure rock") & ~title("notebook|laptop")

# ---- printing ----
_SUPPLY = title(r"toner|cartridge|\bink\b|\bdrum\b|ribbon|\bfuser|\bbelt\b|\bkit\b|roller|tray|feeder|stapl|paper\b|label-making|\btape\b|"
    r"print ?head|head\b|original|cabinet|\bstand\b|spare|accessor|cable|memory|server\b|\bcard\b|lamp|software|sorter|finisher|mailbox|duplex unit|"
    r"duplexer|hard ?drive|\bcase\b|batter|adapter|spindle|printer labels?$|\blabels?\b(?! printer)|cover|caster|switch|upgrade|font|unit$|module|"
    r"bin\b|guide|holder|film|envelope|hdd|locker|filter|pad\b|postscript|interface|network|photo starter|stacker|option|envelopes|pen\b|puzzle|"
    r"wireless print|guarantee|mount|waste|cd\b|stylus|carriage|cutter|toolbox|pack\b")
LABEL_PRINTER = title(r"label ?printer|labelwriter|labelmanager|p-touch|ql-\d|label ?maker|rhino|letratag") & ~title(r"labels?\b(?!( printer|writer|"
    r"manager))|tape|\bcase\b|adapter|label-making|ribbon|holder|batter|charger|vinyl|roll\b|address|^dymo (\d+mm )?d1 ")
POS_PRINTER = title(r"\btm-|pos printer|receipt|dot matrix|impact printer|lq-\d|fx-\d{3}|line matrix|forms printer|okipage|microline|\bml\d{4}\b|"
    r"dfx|\blx-") & ~_SUPPLY & ~CPU & ~title("calculator|casio|lamp|monitor|mouse|keyboard|cable|usb|modem")
LARGE_FORMAT = title(r"large format printer|designjet \S+( \S+)? .*printer|stylus pro \d+|plotter|imageprograf") & ~title(r"toner|cartridge|"
    r"\bink\b(?!jet)|paper|spindle|\bstand\b|kit\b|svc|cable|print ?head|memory|original|feeder|roll\b|bin\b|card|cutter|service|upgrade|scanner")
_PRINTS = (title(r"dpi\b|\bppm\b|printer\b|laserjet|officejet|deskjet|photosmart|phaser|workcentre|all-in-one printer|multifunction|\bmfp\b|"
    r"\bmfc-?\d|dcp-|hl-\d|fs-\d{4}|\bpixma|stylus (photo|color|office|dx|sx)|copier|fax") & ~_SUPPLY & ~SERVICE
    & ~title(r"scanner$|scanjet|mouse|gm-|flatbed|adf scanner|scanner (white|black|a4|grey|gray)|sheet-fed|pixels|ribbon|barcode|bar code|camera|"
    r"calculator|keyboard|laptop|lexmark \w+ black|monitor|surge|protect|imaging unit|mylar|cleaning|endorser|grill|hub|transfer unit|transfer,|"
    r"belt|fax machine|designjet"))
_PRINTS = _PRINTS | (known("maximum_duty_cycle") | known("print_speed_black_normal_quality_a4_us_letter")) & ~title(r"toner|original|kit\b|drum|svc|"
    r"scanner|feeder|fuser|fax machine|designjet|epson gt-")
PRINTER = _PRINTS & ~LABEL_PRINTER & ~POS_PRINTER & ~LARGE_FORMAT & ~CAMERA
LASER = PRINTER & (title(r"laser|phaser [367]|workcentre [34567]|\bhl-\d|fs-(c|\d)|\bmfp\b|clp-|clx-|ml-\d|scx-|b4\d{3}|c5\d{3}|c[36789]\d{3}|oki b|"
    r"oki c|oki es|lexmark [tecx]\d{3}|i-sensys|mfc-[89]\d|dcp-[789]\d|lbp|aficio|led\b") | attribute("print_technology", "laser|led")
    | text("laser printer|laserjet|mono laser|colou?r laser|laser multi")) & ~title("inkjet|deskjet|officejet|photosmart")
INKJET = PRINTER & ~LASER & (title(r"ink ?jet|officejet|deskjet|photosmart|pixma|stylus|dcp-[136]\d\d|mfc-[2-6]\d\d|business inkjet|thermal inkjet|"
    r"expression|workforce") | attribute("print_technology", "ink") | text("ink ?jet"))
MULTIFUNCTION = PRINTER & text(r"all-in-one|multifunction|\bmfp\b|copier|fax|print/|scan|mfc|dcp|workcentre|clx|scx|officejet [j46789]")
_FITS = title(r"original|toner|cartridge|\bink\b|singlepack|twinpack|multipack|blister|printhead")
TONER = (title(r"\btoner\b") | (attribute("print_technology", "laser") & title("original|cartridge")) | (known("black_toner_page_yield")
    & ~known("colour_ink_volume")) | title(r"(high yield|return program(me)?|prebate|laserjet|\d\d?k\)?) (print )?cartridge|print cartridge")
    & brand("Lexmark", "IBM", "DELL", "Xerox", "Samsung", "Epson", "Canon") & ~title(r"no\.? ?\d+|#\d|ink|tri-?colou?r|photo|colou?r (print|"
    r"return)") | (brand("KYOCERA") & title(r"\btk-?\d")) | (brand("Canon") & title(r"c-exv|gpr-|\bcartridge 7\d\d")) | (brand("OKI")
    & title(r"^oki type c?\d+ original|toner"))) & ~title(r"\bdrum\b(?!.*toner cartridge)|waste|bottle|fuser|maintenance|transfer|\bbelt\b|roller|"
    r"staple|imaging unit|image unit|\bink\b|inkjet|collector|\bdpi\b|printer (kit|roller)|developer|cleaning|photoconductor|imaging kit|\bdr-?\d|"
    r"box for|filter|ribbon")
DRUM = title(r"\bdrum\b|\bdr-?\d{3,4}|photoconductor|imaging (unit|drum|kit)|image unit|trommel") & ~title(r"\btoner cartridge\b(?!.*drum)|puzzle|"
    r"toy|washing")
INK = (title(r"\bink\b|ink cartridge|singlepack|twinpack|multipack|ink ?jet cartridge|inktcartridge|\binkt") | attribute("ink_type")
    | attribute("print_technology", "ink") | known("colour_ink_volume") | known("black_ink_volume") | (brand("HP")
    & title(r"^hp (no\.? ?)?\d{2,3}(xl|a)? .*original") & ~known("black_toner_page_yield") & ~attribute("print_technology", "laser"))
    | (brand("Brother") & title(r"^brother lc")) | (brand("Canon") & title(r"\b(pgi|bci|cli|pfi|bc|bx|cl|pg|ink tank|cartridge c)-?\d+"))
    | (brand("Lexmark") & title(r"no\.? ?\d+\w? .*cartridge|^lexmark \d+x?l?a? .*(colou?r|black) (return|print)"))) & ~title(r"toner|paper|\bdpi\b|"
    r"ribbon|\blabels?\b|print ?head(?! and ink)|maintenance|waste|solid ink stick kit|\bprinter\b(?!.*(ink|cartridge))|canvas|cleaning|"
    r"photo value pack.*sheets only|transparenc|film|cable|tattoo|stamp|printer$") & ~TONER
PHOTO_PAPER = (title(r"photo ?paper|photo quality.*paper|(glossy|semi-?gloss|luster|lustre|satin|premium|baryta|pearl).*\bpaper|photo card|"
    r"photo.*paper|\bpp-\d{3}\b|\bgp-\d{3}|\bsg-\d{3}|\bmp-\d{3}|\bpr-\d{3}|\bpt-\d{3}|10x15.*sheets|photo rag")
    | attribute("photo_paper")) & ~title(r"ink|toner|cartridge|\blabels?\b|cutter|tray|feeder|printer|dpi|album|frame|herma|plain|envelope")
PAPER = title(r"\bpaper\b") & ~title(r"herma|labels?\b|tray|feeder|toner|cartridge|sorter|roll holder|stapler|punch|cutter|printer$|cassette|"
    r"cabinet|shredder|coffee")
LABEL = (title(r"\blabels?\b|\bsignals\b|etiket") & ~title(r"label ?printer|labelwriter (?!.*labels)|labelmanager|label-making|labelling tape|"
    r"labeling tape|p-touch|print cartridge|ribbon|toner|tape\b|cartridge|printer$|protector|label ?maker|applicator|holder|software|cabinet|pouch|"
    r"writer tw|wireless"))
LABEL_TAPE = title(r"label-making tape|label(l)?ing tape|\bd1\b|\btze?-?\w*\d{3}|printer label|\bm-?k?\d{3} |ind (permanent|vinyl|nylon)|"
    r"rhino.*(vinyl|nylon|polyester|tube)|letratag.*(tape|plastic|paper)|laminated.*tape|\btx-?\w*\d{3}") & ~title(r"p-touch (\d|pt|q|e|h)|"
    r"labelwriter|labels|dpi|ribbon|keyboard|herma")
SCANNER = title(r"scanner|scanjet|cardscan|imageformula|scansnap|perfection (v|\d)|canoscan") & ~title(r"spare|accessor|kit\b|svc|roller|lamp|"
    r"adf (for|separation)|case\b|bag\b|all-in-one|printer\b|copier|fax|software|feeder|transparency|cable|adapter|module|pad\b|guide|frame|stand|"
    r"holder|multifunction|assembly|barcode|bar code|drum|consumable|carrier|film holder|imprinter|tray|year") & ~SERVICE
SCANNER = SCANNER | title("documate") | known("scanner_type") & ~PRINTER & ~title(r"all-in-one|copier|fax|multifunction|print|mfp|officejet|"
    r"laserjet|workcentre|\bdpi\b.*ppm|imagerunner|mfc|dcp|bar ?code|part|feeder")
BARCODE_SCANNER = title(r"bar ?code (reader|scanner)|barcode|bar code reader") & ~title("cable|stand|holder|kit")

# ---- phones ----
SMARTPHONE = title(r"smartphone|dual sim|\b[45]g\b.*(android|mah)|galaxy sm-|galaxy [as]\d+ |mah\b.*android|android \d") & ~title(r"case|cover|"
    r"protector|tab\b|router|watch|holder|charger|taq-|pixels.*tv|modem|cable|smart tv|tablet|folio|armor|glass|player|mount|"
    r"stand") | title("^(huawei|motorola) .*android")
MOBILE_PHONE = (title(r"mobile phone|cell phone|\bgsm\b.*phone|feature phone|ipaq \d+.*(messenger|voice)")
    & ~title(r"case|cover|protector|headset|holder|charger|battery|cable|mount|stand|adapter|universal|protection|skin")) | SMARTPHONE
MOBILE_PHONE = MOBILE_PHONE | known("rear_camera_resolution_numeric") & title(r"^(sony|lg|samsung|motorola|huawei) .*\d+ g\b") & ~title(r"tab\b|"
    r"tablet|\bcamera|watch|wi-fi 5")
PHONE = title(r"dect|cordless phone|telephone\b|\bvoip\w*\b.*phone|ip phone|corded phone|phone\b") & ~title(r"microphone|headphone|iphone|case|"
    r"cover|cable|cord\b|protector|smartphone|adapter|splitter|headset|coupler|line|holder|charger|mount|stand|jack|wall|battery|plug|mobile phone|"
    r"playhouse|surge|speakerphone|wire|outlet|connector|baby|rj-?\d\d|axi phone|surgearrest|flat ?cable|modular|protection|dock|ups\b|conference|"
    r"filter|toy|repeater") & ~SMARTPHONE
WATCH = title(r"smartwatch|\bwatch\b|fitness tracker|activity tracker")

# ---- network ----
ROUTER = title(r"\brouters?\b") & ~title(r"cable|antenna|module|power|mount|card\b(?!.*wireless router)|bracket|ups\b|rack|console|licen|adapter|"
    r"shelf") & ~SERVICE
WIFI_ROUTER = ROUTER & text(r"wireless|wi-?fi|wlan|802\.11|wless")
ACCESS_POINT = title(r"access point|\bdap-\d{4}|\bap\b|wlan ap|mbit/s.*access") & ~title(r"antenna|licen|mount|power (supply|injector|adapter)|"
    r"cable|bracket|adapter|injector|module|enclosure|motherboard|lga") & ~SERVICE
SWITCH = (title(r"network switch|\b(un)?managed\b|\bports?\b.*switch|switch.*\bports?\b|gigabit switch|ethernet switch|desktop switch|"
    r"10/100.*switch|switch.*10/100") & ~title(r"kvm|\busb\b|hdmi|\bvga\b|\bdvi\b|video|switch comp|module|power supply|cable|console|print|fan\b|"
    r"rack console|ups|pdu|power distribution|transfer|audio|a/b|serial|rs-?232|licen|monitor|displayport|s-video|media converter|transceiver|"
    r"antenna|stacking|matrix|firewall|avocent|router|wireless|parallel|chassis|access point|sfp (module|trans)|db\d|component|bracket|tray|card\b|"
    r"av\b|switchbox|switch box|unit|year|snmp|surge|management soft|bay\b|outlet|cd\b|gbic"))
SWITCH = SWITCH | (known("switching_capacity") | known("switching_protocols")) & ~ROUTER & ~ACCESS_POINT & ~title("kvm|module|component|stacking|"
    "router|access point|license|chassis|converter|firewall|repeater|extender")
NETWORK_CABLE = (title(r"networking cable|patch (cable|cord)|ethernet cable|cat ?(5e?|6a?|7)\b.*(cable|cord|utp|ftp|lead)|patchcord|\butp\b.*cable|"
    r"rj-?45.*cable|cat\.? ?[56]e?.*patch|network cable|crossover cable|patchkabel|\butp (cat|rj)") & ~title(r"fib(er|re)|serial|db9|rs-?232|"
    r"extender|adapter\b|coupler|(?<!rj45 )connectors?\b|rj45 connector for|panel|crimp|tester|antenna|keystone|jack|splitter|lc/|sc/|st/|kvm|sma|"
    r"rp-|telephone|null modem|usb|firewire|db25|bnc|rj-?11|displayport|hdmi|fb\d{4}.{0,3}fib|optical|cx4|infiniband|sfp|twinax|modular plug|boot\b|"
    r"coax|n-female|video|bulk|\b305|1000 ?ft|reel|console|management|duplex (multi|single)"))
CROSSOVER = NETWORK_CABLE & title(r"cross[ -]?over|utp cross\b|crossed|cross wired")
FIBER_CABLE = title(r"fib(er|re)") & title(r"cable|cord|patch|lead") & ~title(r"panel|converter|adapter plate|coupler|tool|cleaner|attenuator|tray|"
    r"enclosure|adapter\b(?!.*cable)|management|closet|module|connector kit|toslink|audio")
KVM = title(r"\bkvm\b")
HUB = title(r"\bhub\b|usb-c.*multiport|pockethub") & ~title(r"cable|\bhubs\b|ethernet hub|doll|fast ethernet|power supply|10base|network|mount|"
    r"hubcap|case|serial hub|svc|kvm|rs-?232|serial adapter")
SERVER_RACK = title(r"\bracks?\b.*(cabinet|enclosure|frame)|netshelter|server (rack|cabinet)|rack enclosure|smartrack|freestanding rack|"
    r"open frame rack") & ~title(r"shelf|accessor|kit\b|panel|door\b(?!.*(cabinet|rack enclosure))|fan|roof|tray|rail|bracket|side|cable|caster|pdu|"
    r"ups|screw|nut|mounting|filler|base|stabili|slide|drawer|brush|lock|joining|trough|duct|blank|plate|handle|light|hardware|ladder|"
    r"bolt") | attribute("type", "freestanding rack")

# ---- cables and adapters ----
_PLUGS = title(r"\badapt[eo]rs?\b|converter|coupler|splitter|switch\b|extender|wall ?plate|gender|changer|keystone|repeater|booster|card\b|kvm|"
    r"mount|box\b|enhancer|equali[sz]er|dock|hub\b|receiver|transmitter|scaler|amplifier|panel")
HDMI_CABLE = title(r"hdmi") & title(r"cable|\blead\b|cord\b|velocity.*hdmi|kabel|hdmi (to|-) ?hdmi|m/m") & ~_PLUGS & ~title(r"dvi|displayport|"
    r"\bdp\b|vga|usb-?c|mini dp|\brca\b|player|\btv\b|monitor|extension|m/f|female|projector")
HDMI_EXTENSION = title(r"hdmi.*(extension|m/f|female)") & title("cable") & ~_PLUGS & ~title("dvi|displayport|vga|usb-?c")
USB_CABLE = title(r"usb") & title(r"cable|cord") & ~_PLUGS & ~title(r"kvm|serial|rs-?232|db9|parallel|hdmi|dvi|displayport|vga|lightning port|ups|"
    r"kit for|ethernet|header|panel|motherboard|sata|audio|printer cable kit|null|camera case|esata|ide\b|keyboard|mouse|hub|internal|charger")
TO_VGA = title(r"hdmi.*vga|hdmi.*hd ?15") & ~title(r"kvm|projector|pixels|monitor\b|dock|switch|\btv\b|video wall|hub|usb-c")
USB_SERIAL = title(r"usb") & title(r"serial|rs-?232|rs-?422|db-?9\b|rs-?485") & ~title(r"serial ata|kvm|ups|printer\b.*dpi|keyboard|mouse|scanner|"
    r"hub$|console server|pixels|label|modem|switch|interface card.*usb \d|print server|dock|display|receipt|tm-")

# ---- power ----
UPS = title(r"\bups\b|uninterruptible|back-ups|smart-ups|symmetra") & ~title(r"batter(y|ies)( |$)(?!.*va\b)|ups batter|replacement|\bkit\b|snmp|"
    r"card\b|cable|module|rail|software|management|svc|service|cord|maintenance|frame|bypass|tray|accessor|plug|relay|webcard|mounting|rail kit|"
    r"licen|contract|parallel|panel|start-?up|start up|transformer|pdu|visit|cabinet|isolat|monitor|power adapter|power extension|cart$|chassis|"
    r"supplier|power supply unit|backplate|tower stand|baying|display|sensor|warranty|year|switch") & ~SERVICE
UPS = UPS | known("output_power_capacity") & title(r"\bups\b|uninterruptible") & ~title(r"battery pack|for select|external|enclosure|transformer|\bkit\b") & ~SERVICE
UPS_BATTERY = title(r"ups batter|replacement battery|battery (cartridge|pack|module|unit)|rbc\d|external battery") & brand("APC", "Tripp Lite",
    "Eaton", "Vertiv", "HP", "2-Power", "Lenovo", "DELL", "Kensington", "V7")
SURGE = title(r"surge|surgearrest|power strip|protect ?it") & ~title(r"module|cable$|data line|\bups\b|uninterrupt|rack ?mount.*chassis|protectnet|"
    r"coax line|chassis")
AC_ADAPTER = title(r"power adapter|ac adapt[eo]r|notebook power|laptop.*(charger|adapter)|wall charger.*(60|65|90)w|power adaptor|\bac/dc adapter|"
    r"adapter/inverter") & ~title(r"cable\b(?!.*adapter/inverter)|printer|labelwriter|labelmanager|travel plug|plug adapter")
LAPTOP_POWER = AC_ADAPTER & text(r"notebook|laptop|thinkpad|\d\d w\b|\d\dw\b|smart ac|elitebook|compaq|latitude") & ~text(r"printer|scanner|phone|"
    r"switch|router|kvm|camera|label|inkjet|ipaq|\bhub\b|dect|tomtom|speaker|expresscard|pc card|pcmcia|display adapter|parallel|canon|cardbus|"
    r"powerverter|rocker|ethernet|serial|usb hub|gaming console|inverter \d{3,}|[1-9]\d{3} w|[3-9]\d\d w|car adapter 12")
LAPTOP_BATTERY = title(r"notebook spare part battery|batter") & title(r"notebook|laptop|\d+-?cell|primary|li-?ion|elitebook|probook|travel battery|"
    r"thinkpad") & ~title(r"camera|ups|phone|charger|ipaq|printer|aa\b|pda|shaver|camcorder|lead acid|gogear|tomtom|power bank|bios|scanner|"
    r"projector|notebook pc|replacement battery cart|coin") & brand("HP", "Lenovo", "DELL", "Toshiba", "2-Power", "Origin Storage", "ASUS", "Acer",
    "Fujitsu", "Dynabook", "Sony", "Samsung", "V7", "Targus", "MSI")
BATTERY = title(r"batter(y|ies)|accu\b") & (brand("Varta", "Duracell", "Sony", "Philips", "Verbatim", "Panasonic", "Energizer", "Integral",
    "Kodak", "Canon", "ACT", "Sandberg", "StarTech.com", "Tripp Lite", "GP", "HP", "Braun", "Hähnel",
    "V7")) & title(r"\ba{2,3}\b|single-use|household|alkaline|lithium (cr|coin|9v)|9v|cr\d{4}|\bhr0?[36]|\br0?[36]\b|lr0?[36]|nimh.*\ba|nickel|"
    r"rechargeable battery|button|\b[cd] battery|\bd plus|\bc plus") & ~title(r"power bank|ups|charger|camera battery|notebook|laptop|phone|vrla|"
    r"lead acid|speaker|toy|torch|flashlight|keyboard|mouse|razor|shaver|toothbrush|case")
BATTERY = BATTERY | attribute("battery_type", "rechargeable battery|single-use") & brand("Sony", "Varta", "Philips", "Duracell", "Verbatim",
    "Toshiba") & ~title("camera|charger|phone|shav|toothbrush|notebook|remote|trimmer|mouse|radio|player")
RECHARGEABLE_BATTERY = (BATTERY | title("batter")) & text(r"rechargeable|ni-?mh|nickel-metal|accu") & text(r"\ba{2,3}\b|\bhr0?[36]|hr6|"
    r"nickel") & ~title("charger|phone|camera battery|shaver|ups|notebook|printer|dect")
POWER_BANK = title(r"power ?bank|portable charger")
CHARGER = title(r"charger") & ~title(r"power ?bank|portable charger|toy")
TRAVEL_ADAPTER = title(r"power plug adapter|travel (adapter|plug|ac adapter|charger)|smart travel")


# ---- home ----
COFFEE = title(r"coffee (maker|machine)|espresso machine|drip coffee|pod coffee|senseo.*(machine|maker|hd7[89]\d\d)|coffee/espresso|fully-auto|"
    r"percolator|nespresso|coffee pod machine|espresso maker") & ~title(r"filter$|descal|accessor|frother|jug|pads\b|cleaning|grinder$|water tank|"
    r"espresso podholder|supply|sleeve")
SHAVER = title(r"shaver|electric razor|ladyshave|men.s razor|for men razor") & ~title(r"accessor|shaving heads?|foil|blade|cleaning|replacement|"
    r"lotion|conditioner|solution|spare|attachment|vacuum")
TRIMMER = title(r"trimmer|hair clipper|bodygroom|groom") & ~title("accessor|head")
TOOTHBRUSH = title(r"toothbrush|sonicare|oral-b") & ~title(r"brush ?heads?|brushset|replacement|accessor|head|holder|irrigator|travel case|refill")
TOOTHBRUSH_HEAD = title(r"(toothbrush|sonicare|oral-b)") & title(r"heads?\b|replacement")
VACUUM = title(r"vacuum") & ~title(r"cleaner bags|dust bags|filter|accessor|beard|flask|sealer|toy|cup|mug|jug|data vac")
KETTLE = title(r"kettle") & ~title("cable|cord|lead\\b")
KITCHEN = COFFEE | KETTLE | title(r"toaster|blender|mixer|fryer|grill\b|oven\b|waffle|slow cooker|kitchen scale|milk frother|food processor|juicer|"
    r"ice cream maker|dishwasher|fridge|freezer|cooker|steamer|rice cooker|microwave|hob\b|egg cooker|fondue|chopper") & ~title(r"accessor|doll|"
    r"furniture|playhouse|spare|filter|knife unit|screw|cooker hood part|families|toy|ps/2|audio|usb|part/|surge|l\.o\.l|cpu|step2|podholder|video|"
    r"kvm|light grill")

# ---- office and play ----
CALCULATOR = title(r"calculator") & ~title("keypad|case|roll|adapter|ink|paper|batter|ribbon")
PUZZLE = title(r"puzzle|puzz 3d")
TOY_BRANDS = brand("Spin Master", "Sylvanian Families", "Zapf", "Jumbo", "MGA Entertainment", "Castorland", "SES Creative", "Crayola", "Aquabeads",
    "Lena", "Giochi Preziosi", "VTech", "Bambolino Toys", "Step2", "Backyard Discovery", "AXI")
CONSOLE_GAME = title(r"playstation|\bps[345]\b|xbox|nintendo") & ~title(r"case|charger|cable|adapter|headset")
OFFICE_SUPPLIES = (brand("Leitz", "HERMA") & ~title("stand|app")) | title(r"stapler|hole punch|ring binder|whiteboard|tab index|document holder|"
    r"copyholder|lever arch|laminator|pencil|letter tray|scissors|desk organi[sz]er|paper clip") & ~title("staple cartridge|kids|doll|toy|finisher")

for _kind in [value for value in globals().values() if isinstance(value, Is)]:
    _kind.remember()  # queries share them
