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
  const readCount = () =>
    fetch("/fragment/cart", { headers: { Accept: "text/html" } })
      .then((answer) => (answer.ok ? answer.text() : ""))
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
