// The products of the browser tests, with pictures drawn here: the browser gets them for /media/<name>.svg, so that no
// test needs a network or a module that keeps pictures.
const COLOURS = { brick: "#b5523b", sea: "#2f6f7e", ochre: "#cf9a3a", moss: "#6d8a5b", plum: "#7d5a78", ink: "#39424f", sand: "#d9c7a3", steel: "#9aa7b1" };
const SHAPES = {
  lamp: (c) => `<path d="M210 500h180" stroke="#39424f" stroke-width="22" stroke-linecap="round"/><path d="M300 500V300l90-110" fill="none" stroke="#39424f" stroke-width="14"/><path d="m330 120 150 90-60 70-150-90z" fill="${c}"/>`,
  kettle: (c) => `<path d="M180 480 210 250h200l30 230z" fill="${c}"/><path d="M410 290c70 0 60 90 20 120M220 260 120 330l-10-30" fill="none" stroke="#39424f" stroke-width="16" stroke-linecap="round"/><circle cx="310" cy="235" r="20" fill="#39424f"/>`,
  mug: (c) => `<path d="M180 210h210v230a50 50 0 0 1-50 50H230a50 50 0 0 1-50-50z" fill="${c}"/><path d="M390 260c90-10 90 130 0 130" fill="none" stroke="${c}" stroke-width="28"/><ellipse cx="285" cy="210" rx="105" ry="22" fill="#fff" opacity=".45"/>`,
  chair: (c) => `<path d="M210 120h180v190H210z" rx="20" fill="${c}"/><path d="M190 320h220v50H190z" fill="${c}"/><path d="M205 370v140M395 370v140M215 120v200M385 120v200" stroke="#39424f" stroke-width="16" stroke-linecap="round"/>`,
  bag: (c) => `<path d="M170 240h260v220a50 50 0 0 1-50 50H220a50 50 0 0 1-50-50z" fill="${c}"/><path d="M230 240v-40a70 70 0 0 1 140 0v40" fill="none" stroke="#39424f" stroke-width="18"/><path d="M220 350h160v80H220z" fill="#fff" opacity=".3"/>`,
  phones: (c) => `<path d="M170 370v-60a130 130 0 0 1 260 0v60" fill="none" stroke="#39424f" stroke-width="22"/><rect x="140" y="350" width="80" height="130" rx="36" fill="${c}"/><rect x="380" y="350" width="80" height="130" rx="36" fill="${c}"/>`,
  plant: (c) => `<path d="M220 400h160l-25 110H245z" fill="${c}"/><path d="M300 400c-10-140-110-150-110-230 90 20 110 110 110 230 0-150 20-230 120-260 10 110-80 140-120 260z" fill="#5c8a5a"/>`,
  shirt: (c) => `<path d="m210 140-90 70 45 75 45-30v240h180V255l45 30 45-75-90-70c-30 40-150 40-180 0z" fill="${c}"/>`,
  book: (c) => `<path d="M190 130h200a30 30 0 0 1 30 30v330H220a30 30 0 0 1-30-30z" fill="${c}"/><path d="M220 490a30 30 0 0 1 0-55h200" fill="none" stroke="#fff" stroke-width="12"/><path d="M250 210h110M250 250h80" stroke="#fff" stroke-width="12" opacity=".7"/>`,
  clock: (c) => `<circle cx="300" cy="310" r="170" fill="${c}"/><circle cx="300" cy="310" r="135" fill="#fffaf0"/><path d="M300 220v90l60 40" fill="none" stroke="#39424f" stroke-width="16" stroke-linecap="round"/>`,
};

export function picture(name) {
  const [shape, colour, view] = name.split("_");
  const draw = SHAPES[shape];
  if (!draw) return null;
  const turn = view === "2" ? ' transform="matrix(-1 0 0 1 600 0)"' : view === "3" ? ' transform="translate(90 105) scale(.7)"' : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" width="600" height="600"><rect width="600" height="600" fill="#f4efe6"/><ellipse cx="300" cy="512" rx="170" ry="16" fill="#000" opacity=".1"/><g${turn}>${draw(COLOURS[colour] ?? COLOURS.ink)}</g></svg>`;
}

const KINDS = [
  ["lamp", ["Home", "Lighting"], "desk lamp", "A steel lamp with a warm light and an arm that stays where you put it.", { light_lm: 620, dimmable: true }],
  ["clock", ["Home", "Walls"], "wall clock", "A quiet movement behind real glass; it loses a second a month.", { diameter_mm: 300 }],
  ["plant", ["Home", "Plants"], "pot plant", "Raised slowly, sent in its pot, happy in half shade.", { height_cm: 45 }],
  ["kettle", ["Kitchen", "Coffee and tea"], "kettle", "Holds the temperature you set to a degree for half an hour.", { volume_l: 1, power_w: 1200 }],
  ["mug", ["Kitchen", "Tableware"], "stoneware mug", "Thrown by hand, glazed twice, at home in the dishwasher.", { volume_ml: 350 }],
  ["chair", ["Office", "Chairs"], "oak chair", "Solid oak and woven cord. Every joint can be opened and glued again.", { weight_kg: 4.5 }],
  ["book", ["Office", "Paper"], "notebook", "Opens flat, 192 pages, paper that takes ink without a ghost.", { pages: 192 }],
  ["bag", ["Travel", "Bags"], "canvas rucksack", "Waxed canvas, brass that ages well, room for a laptop of 15 inches.", { volume_l: 22 }],
  ["phones", ["Sound", "Headphones"], "headphones", "Closed, light, with a cable you can replace and ear pads you can wash.", { wireless: true }],
  ["shirt", ["Clothing", "Shirts"], "linen shirt", "European flax, cut wide, gets better with every wash.", { material: "linen" }],
];
const NAMES = ["Orrin", "Fjell", "Brook", "Halden", "Tamsin", "Kestrel"];
const BRANDS = ["Halden", "Tamsin", "Brook & Sons", "Nordlys", "Ostrava Works"];
const TINTS = Object.keys(COLOURS);

// One product a line, as the importer takes them.
export function products() {
  const lines = [];
  KINDS.forEach(([shape, path, noun, words, attributes], k) => {
    NAMES.forEach((name, n) => {
      const tint = TINTS[(k + n * 3) % TINTS.length];
      const amount = 1200 + ((k * 37 + n * 61) % 97) * 150;
      const stock = (k + n) % 11 === 7 ? 0 : (k + n) % 7 === 5 ? 3 : 40;
      const offer = (sku, options, price, onHand) => ({ sku, options, price: { amount: price, currency: "USD" }, stock: [{ warehouse: "main", on_hand: onHand }],
        ...((k + n) % 4 === 1 ? { list_price: { amount: Math.round(price * 1.25), currency: "USD" } } : {}) });
      const id = `${shape}-${name.toLowerCase()}`;
      const offers = shape === "shirt"
        ? ["sand", "sea"].flatMap((colour) => ["S", "M", "L", "XL"].filter((size) => !(colour === "sea" && size === "XL"))
            .map((size) => offer(`${id}-${colour}-${size}`, { colour, size }, amount + (size === "XL" ? 300 : 0), size === "S" ? 0 : 9)))
        : [offer(id, {}, amount, stock)];
      lines.push({ external_id: id, title: `${name} ${noun}`, brand: BRANDS[(k + n) % BRANDS.length], description: `${words}\n\nMade in small numbers, repaired for as long as we trade.`,
        category_path: path, attributes: { colour: tint, ...attributes }, images: [`/media/${shape}_${tint}.svg`, `/media/${shape}_${tint}_2.svg`, `/media/${shape}_${tint}_3.svg`],
        rating: 3.4 + ((k * 3 + n * 7) % 16) / 10, review_count: (k * 13 + n * 29) % 400, offers });
    });
  });
  lines.push({ external_id: "last-one", title: "The last tide clock", brand: "Halden", description: "There is exactly one of it.", category_path: ["Home", "Walls"],
    attributes: {}, images: [], offers: [{ sku: "last-one", price: { amount: 9900, currency: "USD" }, stock: [{ warehouse: "main", on_hand: 1 }] }] });
  return lines.map((line) => JSON.stringify(line)).join("\n");
}
