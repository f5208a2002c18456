"""The living style page: every component in each state, at /kit/ where DUIJIE_DEBUG=1 or settings.STYLE_PAGE."""
