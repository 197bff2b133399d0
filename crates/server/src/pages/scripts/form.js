
(() => {
  'use strict';
  for (const toggle of document.querySelectorAll('[data-reveal]')) {
    const field = document.getElementById(toggle.dataset.reveal);
    const show = (visible) => {
      field.type = visible ? 'text' : 'password';
      toggle.setAttribute('aria-pressed', String(visible));
    };
    toggle.hidden = false;
    toggle.addEventListener('click', () => {
      show(field.type === 'password');
      field.focus();
    });
    // A browser remembers what was typed into a text field.
    field.form.addEventListener('submit', () => show(false));
  }

  for (const field of document.querySelectorAll('input[type=password]')) {
    const hint = document.querySelector(`[data-caps-lock=${field.id}]`);
    if (!hint) continue;
    const look = (event) => { hint.hidden = !(event.getModifierState && event.getModifierState('CapsLock')); };
    field.addEventListener('keydown', look);
    field.addEventListener('keyup', look);
    field.addEventListener('blur', () => { hint.hidden = true; });
  }

  // Buttons are not disabled: a disabled one is left out of what the form sends.
  for (const form of document.forms) {
    let sent = false;
    form.addEventListener('submit', (event) => {
      if (sent) { event.preventDefault(); return; }
      sent = true;
      const button = event.submitter || form.querySelector('button[data-busy]');
      if (!button || !button.dataset.busy) return;
      const label = button.textContent;
      button.textContent = button.dataset.busy;
      button.setAttribute('aria-busy', 'true');
      const again = () => {
        sent = false;
        button.textContent = label;
        button.removeAttribute('aria-busy');
      };
      // The page stays when an application of the device takes the answer, and comes back by the back button.
      setTimeout(again, 10000);
      addEventListener('pageshow', (shown) => { if (shown.persisted) again(); }, { once: true });
    });
  }
})();
