#include "shop/search/plain_lexicon.h"

#include <algorithm>
#include <array>

namespace kontor::search {
namespace {

template <class Row, std::size_t N>
constexpr std::array<Row, N> sorted(const Row (&unsorted)[N]) {
  auto rows = std::to_array(unsorted);
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.words < b.words; });
  return rows;
}

template <class Row, std::size_t N>
const Row* find(const std::array<Row, N>& rows, std::string_view words) {
  const auto* found = std::lower_bound(rows.begin(), rows.end(), words,
                                       [](const Row& row, std::string_view wanted) { return row.words < wanted; });
  return found != rows.end() && found->words == words ? found : nullptr;
}

// ---- before a number ----
constexpr auto kMost = Bound::kAtMost, kLeast = Bound::kAtLeast, kAbout = Bound::kAbout;
constexpr BoundRow kBeforeRows[] = {
    // signs
    {"<", kMost, kBeforeNoun},
    {"< =", kMost, kBeforeNoun},
    {"≤", kMost, kBeforeNoun},
    {">", kLeast},
    {"> =", kLeast},
    {"≥", kLeast},
    {"~", kAbout, kMoneyOnly},
    {"≈", kAbout, kMoneyOnly},
    // English
    {"under", kMost, kBeforeNoun},
    {"below", kMost, kBeforeNoun},
    {"less than", kMost, kBeforeNoun},
    {"lower than", kMost, kBeforeNoun},
    {"cheaper than", kMost, kPriceAlways},
    {"no more than", kMost},
    {"not more than", kMost},
    {"not over", kMost},
    {"not above", kMost},
    {"up to", kMost},
    {"upto", kMost},
    {"at most", kMost},
    {"maximum", kMost},
    {"maximum of", kMost},
    {"max of", kMost},
    {"max .", kMost},
    {"max", kMost, kMoneyOnly},
    {"smaller than", kMost, kNeverPrice},
    {"shorter than", kMost, kNeverPrice},
    {"lighter than", kMost, kNeverPrice},
    {"thinner than", kMost, kNeverPrice},
    {"over", kLeast},
    {"above", kLeast},
    {"more than", kLeast},
    {"greater than", kLeast},
    {"higher than", kLeast},
    {"at least", kLeast},
    {"more expensive than", kLeast, kPriceAlways},
    {"no less than", kLeast},
    {"not less than", kLeast},
    {"not under", kLeast},
    {"upwards of", kLeast},
    {"minimum", kLeast},
    {"minimum of", kLeast},
    {"min .", kLeast},
    {"min", kLeast, kNeedsMoney},
    {"starting at", kLeast, kNeedsMoney},
    {"starting from", kLeast, kNeedsMoney},
    {"bigger than", kLeast, kNeverPrice},
    {"larger than", kLeast, kNeverPrice},
    {"longer than", kLeast, kNeverPrice},
    {"heavier than", kLeast, kNeverPrice},
    {"about", kAbout, kMoneyOnly},
    {"around", kAbout, kMoneyOnly},
    {"approximately", kAbout, kMoneyOnly},
    {"approx", kAbout, kMoneyOnly},
    {"approx .", kAbout, kMoneyOnly},
    {"roughly", kAbout, kMoneyOnly},
    {"between", Bound::kBetween, kBeforeNoun},
    {"from", Bound::kFrom, kNeedsMoney},
    // German
    {"unter", kMost, kBeforeNoun},
    {"unterhalb von", kMost, kBeforeNoun},
    {"weniger als", kMost, kBeforeNoun},
    {"gunstiger als", kMost, kPriceAlways},
    {"guenstiger als", kMost, kPriceAlways},
    {"billiger als", kMost, kPriceAlways},
    {"bis", kMost},
    {"bis zu", kMost},
    {"nicht mehr als", kMost},
    {"nicht uber", kMost},
    {"nicht ueber", kMost},
    {"hochstens", kMost},
    {"hoechstens", kMost},
    {"maximal", kMost},
    {"kleiner als", kMost, kNeverPrice},
    {"kurzer als", kMost, kNeverPrice},
    {"leichter als", kMost, kNeverPrice},
    {"uber", kLeast},
    {"ueber", kLeast},
    {"mehr als", kLeast},
    {"mindestens", kLeast},
    {"mind .", kLeast},
    {"teurer als", kLeast, kPriceAlways},
    {"wenigstens", kLeast},
    {"nicht unter", kLeast},
    {"nicht weniger als", kLeast},
    {"ab", Bound::kFrom, kNeedsMoney},
    {"grosser als", kLeast, kNeverPrice},
    {"langer als", kLeast, kNeverPrice},
    {"schwerer als", kLeast, kNeverPrice},
    {"zwischen", Bound::kBetween, kBeforeNoun},
    {"von", Bound::kFrom, kTwoOnly},
    {"etwa", kAbout, kMoneyOnly},
    {"circa", kAbout, kMoneyOnly},
    {"ca", kAbout, kMoneyOnly},
    {"ca .", kAbout, kMoneyOnly},
    {"ungefahr", kAbout, kMoneyOnly},
    {"um die", kAbout, kMoneyOnly},
    // French
    {"moins de", kMost, kBeforeNoun},
    {"moins cher que", kMost, kPriceAlways},
    {"jusqu'a", kMost},
    {"plus de", kLeast},
    {"au moins", kLeast},
    {"a partir de", kLeast, kNeedsMoney},
    {"entre", Bound::kBetween, kBeforeNoun},
    {"de", Bound::kFrom, kTwoOnly},
    {"environ", kAbout, kMoneyOnly},
    // Spanish, Italian, Dutch
    {"menos de", kMost, kBeforeNoun},
    {"hasta", kMost},
    {"mas de", kLeast},
    {"al menos", kLeast},
    {"desde", Bound::kFrom, kNeedsMoney},
    {"meno di", kMost, kBeforeNoun},
    {"sotto", kMost},
    {"sotto i", kMost},
    {"fino a", kMost},
    {"piu di", kLeast},
    {"almeno", kLeast},
    {"tra", Bound::kBetween, kBeforeNoun},
    {"da", Bound::kFrom, kTwoOnly},
    {"onder", kMost},
    {"onder de", kMost},
    {"minder dan", kMost, kBeforeNoun},
    {"goedkoper dan", kMost, kPriceAlways},
    {"tot", kMost},
    {"boven", kLeast},
    {"boven de", kLeast},
    {"meer dan", kLeast},
    {"minstens", kLeast},
    {"vanaf", kLeast, kNeedsMoney},
    {"tussen", Bound::kBetween, kBeforeNoun},
    {"van", Bound::kFrom, kTwoOnly},
};
constexpr auto kBefore = sorted(kBeforeRows);

// ---- after a number: "4 stars and up", "500 € oder weniger". Never of a bare number. ----
constexpr BoundRow kAfterRows[] = {
    {"and up", kLeast},
    {"and upwards", kLeast},
    {"and more", kLeast},
    {"and above", kLeast},
    {"and over", kLeast},
    {"and higher", kLeast},
    {"and better", kLeast},
    {"& up", kLeast},
    {"& more", kLeast},
    {"& above", kLeast},
    {"or up", kLeast},
    {"or more", kLeast},
    {"or above", kLeast},
    {"or over", kLeast},
    {"or higher", kLeast},
    {"or better", kLeast},
    {"or longer", kLeast, kNeverPrice},
    {"or larger", kLeast, kNeverPrice},
    {"or bigger", kLeast, kNeverPrice},
    {"or heavier", kLeast, kNeverPrice},
    {"or shorter", kMost, kNeverPrice},
    {"or smaller", kMost, kNeverPrice},
    {"or lighter", kMost, kNeverPrice},
    {"upwards", kLeast},
    {"at least", kLeast},
    {"minimum", kLeast},
    {"min", kLeast, kMoneyOnly},
    {"plus", kLeast, kMoneyOnly},
    {"and below", kMost},
    {"and under", kMost},
    {"and less", kMost},
    {"or less", kMost},
    {"or below", kMost},
    {"or under", kMost},
    {"or lower", kMost},
    {"or cheaper", kMost},
    {"at most", kMost},
    {"maximum", kMost},
    {"max", kMost, kMoneyOnly},
    {"tops", kMost, kMoneyOnly},
    // German
    {"und mehr", kLeast},
    {"und hoher", kLeast},
    {"und besser", kLeast},
    {"und daruber", kLeast},
    {"und aufwarts", kLeast},
    {"oder mehr", kLeast},
    {"oder langer", kLeast, kNeverPrice},
    {"oder grosser", kLeast, kNeverPrice},
    {"oder kleiner", kMost, kNeverPrice},
    {"oder leichter", kMost, kNeverPrice},
    {"oder hoher", kLeast},
    {"oder besser", kLeast},
    {"oder daruber", kLeast},
    {"aufwarts", kLeast},
    {"mindestens", kLeast},
    {"und weniger", kMost},
    {"und darunter", kMost},
    {"oder weniger", kMost},
    {"oder darunter", kMost},
    {"oder gunstiger", kMost},
    {"oder billiger", kMost},
    {"maximal", kMost},
    {"hochstens", kMost},
    // French, Spanish, Italian, Dutch
    {"et plus", kLeast},
    {"ou plus", kLeast},
    {"ou moins", kMost},
    {"et moins", kMost},
    {"o mas", kLeast},
    {"y mas", kLeast},
    {"o menos", kMost},
    {"o piu", kLeast},
    {"e piu", kLeast},
    {"o meno", kMost},
    {"of meer", kLeast},
    {"en meer", kLeast},
    {"en hoger", kLeast},
    {"of minder", kMost},
};
constexpr auto kAfter = sorted(kAfterRows);

// ---- currencies ----
constexpr std::uint8_t kNameOnly = kStandsAfter;
constexpr std::string_view kDollars =
    "USD AUD CAD NZD SGD HKD TWD BBD BMD BND BSD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD";
constexpr std::string_view kPesos = "MXN ARS CLP COP CUP DOP PHP UYU";
constexpr std::string_view kFrancs = "CHF XAF XOF XPF RWF BIF CDF DJF GNF KMF";
constexpr std::string_view kPounds = "GBP EGP FKP GIP LBP SDG SHP SSP SYP";
constexpr std::string_view kRupees = "INR PKR LKR NPR MUR SCR";
constexpr std::string_view kCrowns = "SEK NOK DKK ISK CZK";
// clang-format off
constexpr MoneyRow kMoneyRows[] = {
    // In shops of pesos "$" says pesos.
    {"$",
     "USD AUD CAD NZD SGD HKD TWD BBD BMD BND BSD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD MXN ARS "
     "CLP COP CUP DOP UYU"},
    {"us $", "USD"}, {"usd $", "USD"}, {"a $", "AUD"}, {"au $", "AUD"}, {"c $", "CAD"}, {"ca $", "CAD"},
    {"nz $", "NZD"}, {"hk $", "HKD"}, {"s $", "SGD"}, {"sg $", "SGD"}, {"nt $", "TWD"}, {"r $", "BRL"},
    {"mx $", "MXN"}, {"€", "EUR"}, {"£", "GBP EGP FKP GIP LBP SHP"}, {"¥", "JPY CNY"}, {"￥", "JPY CNY"}, {"₹", "INR"},
    {"₩", "KRW KPW"}, {"₽", "RUB"}, {"₺", "TRY"}, {"₫", "VND"}, {"₴", "UAH"}, {"₪", "ILS"}, {"฿", "THB"}, {"₦", "NGN"},
    {"₱", "PHP"}, {"₡", "CRC"}, {"₲", "PYG"}, {"₸", "KZT"}, {"₼", "AZN"}, {"₾", "GEL"}, {"₭", "LAK"}, {"₮", "MNT"},
    {"៛", "KHR"},
    // ISO codes that people write in small letters as well; in capitals all of them are known (Currency::parse).
    {"usd", "USD"}, {"eur", "EUR"}, {"gbp", "GBP"}, {"chf", "CHF"}, {"jpy", "JPY"}, {"cny", "CNY"}, {"cad", "CAD"},
    {"aud", "AUD"}, {"nzd", "NZD"}, {"sek", "SEK"}, {"nok", "NOK"}, {"dkk", "DKK"}, {"pln", "PLN"}, {"czk", "CZK"},
    {"huf", "HUF"}, {"inr", "INR"}, {"brl", "BRL"}, {"mxn", "MXN"}, {"sgd", "SGD"}, {"hkd", "HKD"}, {"ils", "ILS"},
    {"aed", "AED"}, {"kwd", "KWD"}, {"zar", "ZAR"}, {"krw", "KRW"}, {"thb", "THB"},
    // names
    {"dollar", kDollars, kNameOnly}, {"dollars", kDollars, kNameOnly}, {"dolar", kDollars, kNameOnly},
    {"bucks", kDollars, kNameOnly}, {"buck", kDollars, kNameOnly}, {"dolares", kDollars, kNameOnly},
    {"us dollars", "USD", kNameOnly}, {"us dollar", "USD", kNameOnly}, {"euro", "EUR", kNameOnly},
    {"euros", "EUR", kNameOnly}, {"eur .", "EUR", kStandsBefore}, {"pound", kPounds, kStandsAfter | kWeightToo},
    {"pounds", kPounds, kStandsAfter | kWeightToo}, {"pfund", kPounds, kStandsAfter | kWeightToo},
    {"quid", "GBP", kNameOnly}, {"pounds sterling", "GBP", kNameOnly}, {"franc", kFrancs, kNameOnly},
    {"francs", kFrancs, kNameOnly}, {"franken", "CHF", kNameOnly}, {"sfr", "CHF"}, {"sfr .", "CHF", kStandsBefore},
    {"fr .", "CHF XAF XOF", kStandsBefore}, {"yen", "JPY", kNameOnly}, {"yuan", "CNY", kNameOnly}, {"rmb", "CNY"},
    {"won", "KRW", kNameOnly}, {"rupee", kRupees, kNameOnly}, {"rupees", kRupees, kNameOnly}, {"rs", kRupees},
    {"rs .", kRupees, kStandsBefore}, {"peso", kPesos, kNameOnly}, {"pesos", kPesos, kNameOnly},
    {"reais", "BRL", kNameOnly}, {"rand", "ZAR", kNameOnly}, {"zl", "PLN", kNameOnly}, {"zloty", "PLN", kNameOnly},
    {"zlotys", "PLN", kNameOnly}, {"kc", "CZK", kNameOnly}, {"ft", "HUF", kNameOnly | kShopOnly},
    {"forint", "HUF", kNameOnly}, {"lei", "RON MDL", kNameOnly},
    {"kr", kCrowns, kStandsBefore | kStandsAfter | kShopOnly}, {"kr .", kCrowns, kStandsBefore | kShopOnly},
    {"kronor", "SEK", kNameOnly}, {"kroner", "NOK DKK", kNameOnly}, {"kronen", kCrowns, kNameOnly | kShopOnly},
    {"crowns", kCrowns, kNameOnly | kShopOnly}, {"ruble", "RUB", kNameOnly}, {"rubles", "RUB", kNameOnly},
    {"lira", "TRY", kNameOnly}, {"tl", "TRY", kNameOnly | kShopOnly}, {"shekel", "ILS", kNameOnly},
    {"shekels", "ILS", kNameOnly}, {"dirham", "AED MAD", kNameOnly}, {"dirhams", "AED MAD", kNameOnly},
    {"dinar", "KWD BHD IQD JOD TND DZD LYD RSD", kNameOnly | kShopOnly},
    {"dinars", "KWD BHD IQD JOD TND DZD LYD RSD", kNameOnly | kShopOnly},
};
// clang-format on
constexpr auto kMoney = sorted(kMoneyRows);

// ---- units ----
struct Unit {
  std::string_view words, unit;
};
// clang-format off
constexpr Unit kUnitsRows[] = {
    {"\"", "in"}, {"″", "in"}, {"”", "in"}, {"“", "in"}, {"in", "in"}, {"inch", "in"}, {"inches", "in"},
    {"zoll", "in"}, {"pouces", "in"}, {"pulgadas", "in"}, {"pollici", "in"}, {"mm", "mm"}, {"millimeter", "mm"},
    {"millimetre", "mm"}, {"millimeters", "mm"}, {"millimetres", "mm"}, {"cm", "cm"}, {"centimeter", "cm"},
    {"centimeters", "cm"}, {"centimetre", "cm"}, {"centimetres", "cm"}, {"zentimeter", "cm"}, {"m", "m"},
    {"meter", "m"}, {"meters", "m"}, {"metre", "m"}, {"metres", "m"}, {"metern", "m"}, {"km", "km"},
    {"kilometer", "km"}, {"kilometers", "km"}, {"kilometre", "km"}, {"kilometres", "km"}, {"ft", "ft"}, {"feet", "ft"},
    {"foot", "ft"}, {"yd", "yd"}, {"yard", "yd"}, {"yards", "yd"}, {"mile", "mi"}, {"miles", "mi"}, {"nm", "nm"},
    {"mg", "mg"}, {"g", "g"}, {"gram", "g"}, {"grams", "g"}, {"gramm", "g"}, {"gr", "g"}, {"kg", "kg"}, {"kilo", "kg"},
    {"kilos", "kg"}, {"kgs", "kg"}, {"kilogram", "kg"}, {"kilograms", "kg"}, {"kilogramm", "kg"}, {"lb", "lb"},
    {"lbs", "lb"}, {"pound", "lb"}, {"pounds", "lb"}, {"oz", "oz"}, {"ounce", "oz"}, {"ounces", "oz"}, {"ml", "ml"},
    {"milliliter", "ml"}, {"millilitre", "ml"}, {"milliliters", "ml"}, {"cl", "cl"}, {"dl", "dl"}, {"l", "l"},
    {"liter", "l"}, {"liters", "l"}, {"litre", "l"}, {"litres", "l"}, {"litern", "l"}, {"litros", "l"}, {"gal", "gal"},
    {"gallon", "gal"}, {"gallons", "gal"}, {"qt", "qt"}, {"quart", "qt"}, {"quarts", "qt"}, {"kb", "kb"}, {"mb", "mb"},
    {"megabyte", "mb"}, {"megabytes", "mb"}, {"gb", "gb"}, {"gig", "gb"}, {"gigs", "gb"}, {"gigabyte", "gb"},
    {"gigabytes", "gb"}, {"tb", "tb"}, {"terabyte", "tb"}, {"terabytes", "tb"}, {"mbps", "mbps"}, {"gbps", "gbps"},
    {"mhz", "mhz"}, {"ghz", "ghz"}, {"hz", "hz"}, {"khz", "khz"}, {"w", "w"}, {"watt", "w"}, {"watts", "w"},
    {"kw", "kw"}, {"kilowatt", "kw"}, {"v", "v"}, {"volt", "v"}, {"volts", "v"}, {"a", "a"}, {"amp", "a"},
    {"amps", "a"}, {"ampere", "a"}, {"va", "va"}, {"kva", "kva"}, {"mah", "mah"}, {"ah", "ah"}, {"wh", "wh"},
    {"kwh", "kwh"}, {"hp", "hp"}, {"mp", "mp"}, {"megapixel", "mp"}, {"megapixels", "mp"}, {"dpi", "dpi"},
    {"fps", "fps"}, {"rpm", "rpm"}, {"ms", "ms"}, {"db", "db"}, {"cc", "cc"}, {"lm", "lm"}, {"lumen", "lm"},
    {"lumens", "lm"},
};
// clang-format on
constexpr auto kUnits = sorted(kUnitsRows);

struct Scale {
  std::string_view words;
  ScaleRow row;
};
constexpr Scale kScalesRows[] = {
    {"mm", {"mm", "length", 1, 1}},
    {"cm", {"cm", "length", 10, 1}},
    {"m", {"m", "length", 1'000, 1}},
    {"km", {"km", "length", 1'000'000, 1}},
    {"in", {"in", "length", 254, 10, true}},
    {"ft", {"ft", "length", 3'048, 10, true}},
    {"yd", {"yd", "length", 9'144, 10, true}},
    {"mg", {"mg", "mass", 1, 1}},
    {"g", {"g", "mass", 1'000, 1}},
    {"kg", {"kg", "mass", 1'000'000, 1}},
    {"lb", {"lb", "mass", 45'359'237, 100, true}},
    {"ml", {"ml", "volume", 1, 1}},
    {"cl", {"cl", "volume", 10, 1}},
    {"dl", {"dl", "volume", 100, 1}},
    {"l", {"l", "volume", 1'000, 1}},
    {"mb", {"mb", "bytes", 1, 1}},
    {"gb", {"gb", "bytes", 1'000, 1}},
    {"tb", {"tb", "bytes", 1'000'000, 1}},
    {"mbps", {"mbps", "bits a second", 1, 1}},
    {"gbps", {"gbps", "bits a second", 1'000, 1}},
    {"hz", {"hz", "frequency", 1, 1}},
    {"khz", {"khz", "frequency", 1'000, 1}},
    {"mhz", {"mhz", "frequency", 1'000'000, 1}},
    {"ghz", {"ghz", "frequency", 1'000'000'000, 1}},
    {"w", {"w", "power", 1, 1}},
    {"kw", {"kw", "power", 1'000, 1}},
    {"va", {"va", "apparent power", 1, 1}},
    {"kva", {"kva", "apparent power", 1'000, 1}},
    {"mah", {"mah", "charge", 1, 1}},
    {"ah", {"ah", "charge", 1'000, 1}},
    {"wh", {"wh", "energy", 1, 1}},
    {"kwh", {"kwh", "energy", 1'000, 1}},
};
constexpr auto kScales = sorted(kScalesRows);

// ---- single words ----
struct Words {
  std::uint32_t classes;
  std::string_view words;
};
// clang-format off
constexpr Words kWords[] = {
    {kStarWord, "star stars stern sterne sternen etoile etoiles estrella estrellas stella stelle ster sterren ★ ⭐ ☆ "
     "🌟"},
    {kAndJoin, "and und et y e en ed & + to bis - – — −"},
    {kToJoin, "- – — − to till until bis tot a"},
    {kRatedWord, "rated rating ratings review reviews bewertet bewertung bewertungen rezension rezensionen "
     "valoracion"},
    {kPriceWord, "price priced prices pricing cost costs costing budget preis preise kosten kostet prix precio "
     "precios prezzo prijs"},
    // What may stand between those words, and before them.
    {kGlueWord, "a an the of is are at in with that which range average has having my ein eine einem einen einer der "
     "die das den dem zum zur im mit von le la les un une el los"},
    {kConnector, "and or with without for in on at by from that which but of to including und oder mit ohne fur fuer "
     "im aus von bei die der das et ou avec sans pour en de y o con sin para e per met voor uit please bitte"},
    {kForWord, "for fur fuer pour para per voor"},
    {kNotWord, "not no non without except but never kein keine keinen keiner nicht ohne ausser sans pas sin senza "
     "zonder geen"},
    {kPerson, "kid kids child children boy boys girl girls baby babies toddler toddlers teen teens age ages aged "
     "kind kinder kindern junge jungen madchen maedchen enfant enfants bebe ninos alter"},
    {kMeasured, "size sizes sized grosse groesse taille talla taglia maat age ages aged width height length depth "
     "weight diameter breite hohe hoehe lange laenge gewicht model modell version type typ number no nr year jahr "
     "series generation gen chapter volume vol part teil season staffel level"},
    {kAmount, "ram memory ssd hdd nvme emmc vram storage disk disc drive hard stick usb sd microsd micro sdhc cache "
     "speicher arbeitsspeicher festplatte memoire weight width height length depth diameter gewicht breite hohe "
     "lange ddr ddr2 ddr3 ddr4 ddr5 sodimm dimm lpddr card karte"},
    {kCounted, "x × by % ° year years yr yrs yo old month months mo week weeks day days hour hours hr hrs h minute "
     "minutes min mins second seconds sec secs s piece pieces pcs pack packs packet packets count ct people person "
     "persons player players user users device devices sheet sheets page pages port ports core cores thread threads "
     "key keys button buttons channel channels slot slots bay bays drawer drawers shelf shelves tier tiers seat "
     "seats seater room rooms door doors level levels layer layers step steps nit nits lux degree degrees celsius "
     "fahrenheit gauge awg grit gsm psi bar bit bits bpm bbl calories calorie kcal cal percent prozent times cent "
     "cents gen generation amp pair pairs set sets roll rolls bottle bottles bag bags box boxes jahr jahre jahren "
     "monat monate monaten woche wochen tag tage tagen stunde stunden minuten sekunden stuck stueck teile teilen "
     "personen spieler gerate geraete blatt seiten kerne tasten kanale grad mal ans an mois jours heures personnes "
     "joueurs anos meses dias horas piezas jaar maanden dagen uur stuks st"},
    {kOrWord, "or oder ou o of"},
    {kMaxName, "pro air airpods mi note ultra turbo mini"},
    {kEndsInA, "of von de di van an"},
};
// clang-format on

// German colours and materials as they stand before a noun: with one of these endings. What is in the shop's own
// vocabulary is tried first.
constexpr std::string_view kAdjectives =
    " schwarz weiss rot blau grun gelb braun grau golden silbern bunt beige rosa lila turkis dunkelblau hellblau "
    "dunkelgrun "
    "hellgrun dunkelgrau hellgrau holzern ledern ";
constexpr std::string_view kEndings[] = {"es", "er", "en", "em", "e"};

constexpr std::string_view kOrdinaryCodes = " ALL AMD TRY TOP CUP PEN GEL MOP MAD BOB COP BAM MAX ANG ERN LAK SOS ";

// ---- look-up ----
constexpr std::size_t kSlots = 4096;
struct Slot {
  std::string_view word;
  std::uint32_t classes = 0;
};

constexpr std::uint32_t hash_of(std::string_view word) {
  std::uint32_t hash = 2'166'136'261u;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
  return hash ^ hash >> 15;
}

constexpr void note(std::array<Slot, kSlots>& slots, std::string_view word, std::uint32_t classes) {
  std::size_t at = hash_of(word) % kSlots;
  while (!slots[at].word.empty() && slots[at].word != word) at = (at + 1) % kSlots;
  slots[at].word = word;
  slots[at].classes |= classes;
}

constexpr std::string_view first_word(std::string_view words) { return words.substr(0, words.find(' ')); }

constexpr std::array<Slot, kSlots> make_slots() {
  std::array<Slot, kSlots> slots{};
  for (const BoundRow& row : kBefore) note(slots, first_word(row.words), kBeginsBound);
  for (const BoundRow& row : kAfter) note(slots, first_word(row.words), kBeginsAfter);
  for (const MoneyRow& row : kMoney) note(slots, first_word(row.words), kBeginsMoney);
  for (const Unit& row : kUnits) note(slots, row.words, kUnitWord);
  for (const Words& group : kWords)
    for (std::string_view rest = group.words; !rest.empty();) {
      const std::string_view word = first_word(rest);
      note(slots, word, group.classes);
      rest = rest.substr(std::min(rest.size(), word.size() + 1));
    }
  return slots;
}

constexpr std::array<Slot, kSlots> kTable = make_slots();

bool listed(std::string_view list, std::string_view word) {
  for (std::size_t at = list.find(word); at != list.npos; at = list.find(word, at + 1))
    if (at > 0 && list[at - 1] == ' ' && list[at + word.size()] == ' ') return true;
  return false;
}

}  // namespace

std::uint32_t classes_of(std::string_view word) {
  if (word.empty() || word.size() > 16) return 0;
  for (std::size_t at = hash_of(word) % kSlots; !kTable[at].word.empty(); at = (at + 1) % kSlots)
    if (kTable[at].word == word) return kTable[at].classes;
  return 0;
}

const BoundRow* bound_before(std::string_view phrase) { return find(kBefore, phrase); }
const BoundRow* bound_after(std::string_view phrase) { return find(kAfter, phrase); }
const MoneyRow* money_row(std::string_view phrase) { return find(kMoney, phrase); }

std::string_view unit_of(std::string_view word) {
  const Unit* row = find(kUnits, word);
  return row ? row->unit : std::string_view();
}

const ScaleRow* scale_of(std::string_view unit) {
  const Scale* found = find(kScales, unit);
  return found ? &found->row : nullptr;
}

std::string_view adjective_base(std::string_view word) {
  if (word.size() < 4 || word.size() > 14) return {};
  for (const std::string_view ending : kEndings)
    if (word.ends_with(ending) && listed(kAdjectives, word.substr(0, word.size() - ending.size())))
      return word.substr(0, word.size() - ending.size());
  return {};
}

bool is_ordinary_code(std::string_view upper) { return listed(kOrdinaryCodes, upper); }

}  // namespace kontor::search
