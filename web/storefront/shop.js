// What scripts add to pages that are whole without them. No framework, nothing inline, nothing from elsewhere.
"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const one = (selector, root = document) => root.querySelector(selector);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // The cart's badge: pages are the same for everyone, so the number comes by itself.
  const badge = one("[data-cart-count]");
  const showCount = (text) => {
    const count = parseInt(text, 10);
    if (!badge || Number.isNaN(count)) return;
    badge.hidden = count === 0;
    badge.textContent = count > 99 ? "99+" : String(count);
    one("[data-cart]").setAttribute("aria-label", count === 0 ? "Cart, empty" : `Cart, ${count} in it`);
  };
  // That the shop is very busy comes the same way: a page may be kept longer than the rush lasts.
  const showBusy = (words) => {
    let bar = one(".busy");
    if (!words) return bar && bar.remove();
    if (!bar) {
      bar = document.createElement("p");
      bar.className = "busy";
      bar.setAttribute("role", "status");
      document.body.append(bar);
    }
    bar.textContent = words;
  };
  // What a visitor looks at and chooses is told once they agreed to it, which the server knows by a cookie and says
  // beside the cart's number; who has not answered is asked at the foot of the window.
  const bar = one("[data-consent]");
  let counted = false;
  let viewed = false;
  const tell = (event) => counted && navigator.sendBeacon?.("/api/v1/events",
    new Blob([JSON.stringify({ consent: true, events: [event] })], { type: "application/json" }));
  const tellView = () => {
    if (viewed) return;
    viewed = true;
    const product = one("article[data-product]");
    if (product) tell({ type: "view", product_id: product.dataset.product });
    else if (one("[data-listing]")) tell({ type: "listing" });
  };
  const leaveRoom = () => document.documentElement.style.setProperty("--asked", `${bar.offsetHeight}px`);
  const showBar = (now) => {
    if (!bar) return;
    bar.hidden = !now;
    document.documentElement.classList.toggle("asked", now);
    if (now) leaveRoom();
  };
  const hearConsent = (answer) => {
    counted = answer === "yes";
    showBar(answer === "ask");
    if (counted) tellView();
  };
  if (bar) {
    addEventListener("resize", () => bar.hidden || leaveRoom());
    bar.addEventListener("submit", async (event) => {
      const answer = event.submitter?.value;
      if (!answer) return;
      event.preventDefault();
      try {
        const sent = await fetch("/consent", { method: "POST", body: new URLSearchParams({ answer }), redirect: "manual" });
        if (sent.type !== "opaqueredirect") throw new Error(String(sent.status));
        const inside = bar.contains(document.activeElement);
        hearConsent(answer);
        if (inside) one("#main").focus({ preventScroll: true });
      } catch {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name: "answer", value: answer });
        bar.append(field);
        bar.submit();
      }
    });
  }
  const tellClick = (event) => {
    const card = event.target.closest(".card[data-product]");
    if (!card || !event.target.closest("a") || event.button > 1) return;
    const { query, arm, first } = card.closest("[data-listing]")?.dataset ?? {};
    tell({
      type: "click", product_id: card.dataset.product, ...(query && { query }), ...(arm && { arm }),
      ...(first !== undefined && { position: all(".card", card.closest("[data-listing]")).indexOf(card) + 1 }),
    });
  };
  document.addEventListener("click", tellClick);
  document.addEventListener("auxclick", tellClick);

  const readCount = () =>
    fetch("/fragment/cart", { headers: { Accept: "text/html" } })
      .then((answer) => {
        if (!answer.ok) return "";
        showBusy(answer.headers.get("Shop-Busy"));
        hearConsent(answer.headers.get("Shop-Consent"));
        return answer.text();
      })
      .then(showCount)
      .catch(() => {});
  readCount();
  addEventListener("pageshow", (event) => event.persisted && readCount());

  // Adding to the cart without leaving the page. When anything is in the way, the form goes the plain way.
  const note = (() => {
    let dialog;
    return () => {
      if (dialog) return dialog;
      dialog = document.createElement("dialog");
      dialog.className = "note";
      dialog.setAttribute("aria-label", "Cart");
      dialog.innerHTML =
        '<div class="said" role="status"></div><p class="actions"><a class="button strong" href="/cart">To the cart</a> ' +
        '<button class="plain" type="button">Go on looking</button></p>';
      one("button", dialog).addEventListener("click", () => dialog.close());
      dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
      document.body.append(dialog);
      return dialog;
    };
  })();
  for (const form of all("form[data-buy]")) {
    form.addEventListener("submit", async (event) => {
      if (!window.HTMLDialogElement) return;
      event.preventDefault();
      if (form.dataset.busy) return;
      form.dataset.busy = "1";
      try {
        const answer = await fetch("/fragment/cart", { method: "POST", body: new URLSearchParams(new FormData(form)) });
        const count = answer.headers.get("Cart-Count");
        if (count === null) throw new Error("not a fragment");
        const said = await answer.text();
        showCount(count);
        const dialog = note();
        one(".said", dialog).innerHTML = said;
        dialog.showModal();
      } catch {
        form.submit();
      } finally {
        delete form.dataset.busy;
      }
    });
  }

  // Variants: price and stock of what is chosen, and which values go together.
  const data = one("#variants");
  const buy = one("form.buy");
  if (data && buy) {
    const variants = JSON.parse(data.textContent);
    const radios = all("input[type=radio]", buy);
    const nameOf = (radio) => radio.name.slice("option.".length);
    const chosen = () => Object.fromEntries(radios.filter((r) => r.checked).map((r) => [nameOf(r), r.value]));
    const find = (options) =>
      variants.find((v) => Object.keys(v.o).length === Object.keys(options).length &&
        Object.entries(v.o).every(([name, value]) => options[name] === value));
    const button = one("button", buy);
    const sync = () => {
      const options = chosen();
      const found = find(options);
      const gone = !found || found.gone === 1;
      if (found) {
        one("[data-price]").innerHTML = found.price;
        one("[data-stock]").innerHTML = found.stock;
        const seller = one("[data-seller]");
        if (seller && found.seller) seller.textContent = found.seller;
      } else {
        one("[data-stock]").innerHTML = '<p class="stock gone">Not made like this</p>';
      }
      button.disabled = gone;
      one("span", button).textContent = found ? (gone ? "Out of stock" : "Add to cart") : "Choose another";
      for (const radio of radios) {
        const other = find({ ...options, [nameOf(radio)]: radio.value });
        radio.closest(".pill").classList.toggle("gone", !other || other.gone === 1);
      }
    };
    buy.addEventListener("change", (event) => event.target.type === "radio" && sync());
    addEventListener("pageshow", sync);
    one("[data-stock]").setAttribute("aria-live", "polite");
  }

  // The gallery: a thumbnail moves the pictures, and moving the pictures marks the thumbnail.
  for (const gallery of all("[data-gallery]")) {
    const views = one(".views", gallery);
    const thumbs = all(".thumbs a", gallery);
    const mark = (at) => thumbs.forEach((thumb, i) =>
      i === at ? thumb.setAttribute("aria-current", "true") : thumb.removeAttribute("aria-current"));
    thumbs.forEach((thumb, at) => thumb.addEventListener("click", (event) => {
      event.preventDefault();
      views.scrollTo({ left: at * views.clientWidth, behavior: calm.matches ? "auto" : "smooth" });
      mark(at);
    }));
    let late;
    views.addEventListener("scroll", () => {
      clearTimeout(late);
      late = setTimeout(() => mark(Math.round(views.scrollLeft / views.clientWidth)), 120);
    }, { passive: true });
  }

  // The drawer of filters on a phone is opened by its address (#filters); here it gets the manners of a dialog.
  const drawer = one("#filters");
  if (drawer) {
    const opener = one(".open-filters");
    let open = false;
    const follow = () => {
      const now = location.hash === "#filters" && getComputedStyle(drawer).position === "fixed";
      document.documentElement.classList.toggle("drawn", now);
      if (now) one("#filters-title").focus();
      else if (open && opener) opener.focus();
      open = now;
    };
    addEventListener("hashchange", follow);
    drawer.addEventListener("keydown", (event) => {
      if (!open) return;
      if (event.key === "Escape") location.hash = "#results";
      if (event.key !== "Tab") return;
      const stops = all("a, button, input, summary", drawer).filter((stop) => stop.offsetParent !== null);
      const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
      if (document.activeElement === edge) {
        event.preventDefault();
        (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
      }
    });
    follow();
  }

  // What could be meant, below the search field: a combobox after WAI-ARIA, with the list that the API suggests. The
  // focus stays in the field; without an answer nothing is to be seen.
  const suggest = one("form[data-suggest]");
  if (suggest) {
    const field = one("input", suggest);
    const list = document.createElement("div");
    const said = document.createElement("span");
    const known = new Map();
    let options = [];
    let at = -1;
    let wait, asking;

    const make = (tag, traits, ...inside) => {
      const made = document.createElement(tag);
      for (const [name, value] of Object.entries(traits)) made.setAttribute(name, value);
      made.append(...inside);
      return made;
    };
    const words = () => field.value.trim();
    const mark = (to) => {
      if (at >= 0) options[at].setAttribute("aria-selected", "false");
      at = to;
      if (at < 0) return field.removeAttribute("aria-activedescendant");
      options[at].setAttribute("aria-selected", "true");
      field.setAttribute("aria-activedescendant", options[at].id);
    };
    // As high as there is room, which on a phone is what the keyboard leaves.
    const fit = () => {
      const seen = window.visualViewport ?? { height: innerHeight, offsetTop: 0 };
      const room = seen.offsetTop + seen.height - field.getBoundingClientRect().bottom - 20;
      list.style.maxHeight = `${Math.max(room, 160)}px`;
    };
    const open = (now) => {
      clearTimeout(wait);
      if (!now) asking?.abort();
      mark(-1);
      list.hidden = !now;
      field.setAttribute("aria-expanded", String(now));
      said.textContent = now ? (options.length === 1 ? "1 suggestion" : `${options.length} suggestions`) : "";
      if (now) fit();
    };

    // Letters without accents and case, as the search reads them.
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const WORD = /[\p{L}\p{N}\p{M}]+/gu;
    // The text with everything bold that was not typed.
    const untyped = (text, query) => {
      const typed = plain(query).match(WORD) ?? [];
      const pieces = [];
      const put = (piece, bold) => piece && pieces.push(bold ? make("b", {}, piece) : piece);
      let from = 0;
      for (const { 0: word, index } of text.matchAll(WORD)) {
        const folded = plain(word);
        const longest = Math.max(0, ...typed.filter((one) => folded.startsWith(one)).map((one) => one.length));
        let end = 0;
        while (longest > 0 && end < word.length && plain(word.slice(0, end)).length < longest) ++end;
        put(text.slice(from, index), true);
        put(word.slice(0, end), false);
        put(word.slice(end), true);
        from = index + word.length;
      }
      put(text.slice(from), true);
      return pieces;
    };
    // Nothing where they come in another currency than the page's all the same.
    const money = ({ amount, currency }) => {
      if (currency !== suggest.dataset.currency) return "";
      const format = new Intl.NumberFormat(suggest.dataset.locale, { style: "currency", currency });
      return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
    };
    // As pages show pictures (pictures.cpp): a small one of this shop's, or a tile with the first letter.
    const picture = ({ image, title }) => {
      if (/^(\/media\/[\w-]+\.(jpe?g|png|webp|gif|svg)|https:\/\/.+)$/.test(image ?? ""))
        return make("img", { class: "picture", alt: "", width: 48, height: 48,
          src: image.replace(/^(\/media\/[\w-]+)\.(jpe?g|png|webp|gif)$/, "$1-160.webp") });
      let sum = 0;
      for (const byte of new TextEncoder().encode(title)) sum = (Math.imul(sum, 31) + byte) >>> 0;
      return make("span", { class: `picture tile t${sum % 6}`, "aria-hidden": "true" }, [...title][0] ?? "");
    };
    const option = (href, ...inside) => {
      const made = make("a", { role: "option", tabindex: "-1", "aria-selected": "false", id: `hint-${options.length}`, href }, ...inside);
      options.push(made);
      return made;
    };
    const fill = (query, found) => {
      if (document.activeElement !== field || words() !== query) return;
      const part = (items, most) => (items ?? []).slice(0, most);
      const search = (name, value) => `/search?${new URLSearchParams({ [name]: value })}`;
      const what = (text) => make("span", { class: "what" }, ...untyped(text, query));
      const group = (name, title, made) =>
        made.length ? [make("div", { role: "group", "aria-label": title || "Searches", class: `hint-${name}` },
          ...(title ? [make("div", { class: "hint-title", "aria-hidden": "true" }, title)] : []), ...made)] : [];
      options = [];
      const shown = [
        ...group("words", "", part(found.completions, 6).map(({ text }) => {
          const made = option(search("q", text), one(".icon", suggest).cloneNode(true), what(text));
          made.dataset.words = text;
          return made;
        })),
        ...group("categories", "Categories", part(found.categories, 3).map(({ name, slug }) =>
          option(`/c/${encodeURIComponent(slug)}`, what(name)))),
        ...group("brands", "Brands", part(found.brands, 2).map(({ name }) => option(search("brand", name), what(name)))),
        ...group("products", "Products", part(found.products, 5).map((product) =>
          option(`/p/${encodeURIComponent(product.slug)}`, picture(product), make("span", { class: "what" }, product.title),
            make("span", { class: "price" }, money(product.price))))),
      ];
      at = -1;
      list.replaceChildren(...shown);
      const products = part(found.products, 5).length;
      list.classList.toggle("two", products > 0 && options.length - products > 2);
      list.scrollTop = 0;
      open(options.length > 0);
    };
    const ask = async () => {
      const query = words();
      asking?.abort();
      if (!query) return open(false);
      if (known.has(query)) return fill(query, known.get(query));
      const mine = asking = new AbortController();
      try {
        const asked = new URLSearchParams({ q: query, limit: 8, currency: suggest.dataset.currency, locale: suggest.dataset.locale });
        const answer = await fetch(`/api/v1/search/suggest?${asked}`, { signal: mine.signal });
        if (!answer.ok) throw new Error(String(answer.status));
        const found = await answer.json();
        if (known.size > 50) known.clear();
        known.set(query, found);
        fill(query, found);
      } catch {
        if (!mine.signal.aborted) open(false);
      }
    };

    const move = (step) => {
      mark(((at + 1 + step + options.length + 1) % (options.length + 1)) - 1);
      if (at >= 0) options[at].scrollIntoView({ block: "nearest" });
    };
    const keys = {
      ArrowDown: (event) => (event.preventDefault(), list.hidden ? ask() : move(1)),
      ArrowUp: (event) => (event.preventDefault(), list.hidden ? ask() : event.altKey ? open(false) : move(-1)),
      Enter: (event) => {
        if (at < 0) return open(false);
        event.preventDefault();
        options[at].click();
      },
      // Escape closes; a second one empties the field, as browsers do.
      Escape: (event) => list.hidden || (event.preventDefault(), open(false)),
      Tab: () => open(false),
      Home: () => mark(-1), End: () => mark(-1), ArrowLeft: () => mark(-1), ArrowRight: () => mark(-1),
    };
    field.addEventListener("keydown", (event) => !event.isComposing && keys[event.key]?.(event));
    field.addEventListener("input", () => {
      mark(-1);
      clearTimeout(wait);
      if (!words() || known.has(words())) ask();
      else wait = setTimeout(ask, 80);
    });
    list.addEventListener("mousedown", (event) => event.preventDefault());  // which would take the focus away
    // A mouse that rests where the list appears has chosen nothing.
    let mouse = "";
    document.addEventListener("pointermove", (event) => {
      const here = `${event.clientX},${event.clientY}`;
      const moved = here !== mouse && event.pointerType === "mouse";
      mouse = here;
      if (moved && list.contains(event.target)) mark(options.indexOf(event.target.closest("[role=option]")));
    }, { passive: true });
    list.addEventListener("click", (event) => {
      const chosen = event.target.closest("[role=option]");
      if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (chosen.dataset.words) {
        event.preventDefault();
        field.value = chosen.dataset.words;
        suggest.requestSubmit();
      }
      open(false);
    });
    suggest.addEventListener("submit", () => open(false));
    suggest.addEventListener("focusout", (event) => suggest.contains(event.relatedTarget) || open(false));
    document.addEventListener("pointerdown", (event) => list.hidden || suggest.contains(event.target) || open(false));
    window.visualViewport?.addEventListener("resize", () => list.hidden || fit());

    for (const [name, value] of Object.entries({ id: "hints", class: "hints", role: "listbox", "aria-label": "Suggestions" }))
      list.setAttribute(name, value);
    list.hidden = true;
    said.className = "unseen";
    said.setAttribute("role", "status");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": "hints", "aria-expanded": "false" }))
      field.setAttribute(name, value);
    suggest.append(list, said);
  }

  // Menus close when the eye goes elsewhere.
  for (const menu of all("details[data-menu]")) {
    document.addEventListener("click", (event) => !menu.contains(event.target) && menu.removeAttribute("open"));
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      one("summary", menu).focus();
    });
  }

  // More products below those that are there, instead of a page of their own.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-more] a[rel~=next]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = all("#results .cards > li", page);
      const next = one("[data-more] a[rel~=next]", page);
      one("#results .cards").append(...fresh);
      if (next) link.replaceWith(next);
      else link.remove();
      if (fresh.length) one("a", fresh[0]).focus();
    } catch {
      location.href = link.href;
    }
  });

  // An order's page follows the order, and the cart's page the cart: told that it changed, it fetches itself and takes
  // over the parts that may have. A part that somebody is at work in is left alone.
  const followed = one("[data-live]");
  if (followed && window.WebSocket) {
    const channel = followed.dataset.live;
    const isCart = channel === "cart";
    let seen = isCart ? 0 : Number(followed.dataset.version);
    // A cart's first state is most often what the page shows already.
    const shown = ({ data }) =>
      isCart && data.version === Number(followed.dataset.version) && data.total.amount === Number(followed.dataset.total);
    let wait = 1000;
    let socket;
    const refresh = async () => {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = all("[data-fresh]", page);
      if (isCart && fresh.length === 0) return location.reload();  // nothing is in it any more
      all("[data-fresh]").forEach((part, at) => {
        const busy = part.contains(document.activeElement) || one("details[open]", part);
        if (fresh[at] && !busy) part.replaceChildren(...fresh[at].childNodes);
      });
    };
    const follow = () => {
      socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/live`);
      socket.addEventListener("open", () => {
        wait = 1000;
        socket.send(JSON.stringify({ type: "subscribe", channel, last_event_id: seen }));
      });
      socket.addEventListener("message", (event) => {
        const news = JSON.parse(event.data);
        if (!/^(order|cart)\.changed$/.test(news.type) || news.id <= seen) return;
        const first = seen === 0;
        seen = news.id;
        if (!(first && shown(news))) refresh().catch(() => {});
      });
      socket.addEventListener("close", () => {
        if (!socket) return;
        setTimeout(() => socket && follow(), wait);
        wait = Math.min(wait * 2, 60000);
      });
    };
    follow();
    addEventListener("pagehide", () => {
      const last = socket;
      socket = null;
      if (last) last.close();
    });
    addEventListener("pageshow", (event) => event.persisted && follow());
  }

  // One press is one purchase. The server holds to that anyway: the form carries a key.
  for (const form of all("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
      for (const button of all("button", form)) button.setAttribute("aria-disabled", "true");
    });
    addEventListener("pageshow", () => {
      delete form.dataset.sent;
      for (const button of all("button", form)) button.removeAttribute("aria-disabled");
    });
  }

  const first = one("[data-focus]");
  if (first) first.focus();
})();
