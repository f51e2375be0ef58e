/** The style of all pages. Its hash is in the Content-Security-Policy. */
export const STYLE = `
:root { --ink: #1c2733; --soft: #52606d; --line: #d9e0e7; --back: #fff; --raised: #f6f8fa; --accent: #1d4ed8; --red: #b42318; --amber: #8a5a00; --green: #1a6b3c }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #a5b1bd; --line: #30404f; --back: #10171e; --raised: #18222c; --accent: #8ab4ff; --red: #ff9b8f; --amber: #f0c063; --green: #7fd6a2 } }
* { box-sizing: border-box }
:root { font: 94%/1.5 system-ui, sans-serif }
body { color: var(--ink); background: var(--back); margin: 0 auto; padding: 1.5rem; max-width: 84rem }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; padding-left: .75rem; border-left: .35rem solid var(--soft) }
h1.fine { border-color: var(--green) }
h1.attention { border-color: var(--amber) }
h1.critical { border-color: var(--red) }
h2 { font-size: 1.1rem; margin: 2rem 0 .75rem }
h1, h2, h3, p { overflow-wrap: anywhere }
p { margin: .25rem 0 }
a { color: var(--accent) }
a:focus-visible, :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.as-of, .soft, footer { color: var(--soft) }
.cards { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)) }
.cards li { background: var(--raised); border: 1px solid var(--line); border-left: .35rem solid var(--amber); border-radius: .3rem; padding: .6rem .8rem; overflow-wrap: anywhere }
.cards li.critical { border-left-color: var(--red) }
.cards li.info { border-left-color: var(--soft) }
.cards b, td, th[scope=row] { unicode-bidi: isolate }
.critical .level, .bad { color: var(--red) }
.level { font-weight: 600; color: var(--amber) }
.info .level { color: var(--soft) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .85rem; white-space: nowrap }
th[scope=row] { color: var(--ink); font-size: 1rem; white-space: normal; overflow-wrap: anywhere; min-width: 9rem }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: middle }
td { white-space: nowrap }
.networks td:nth-child(4) { white-space: normal }
.n, .wallets :is(th, td):is(:nth-child(4), :nth-child(6), :nth-child(7), :nth-child(8)) { text-align: right }
.plain { list-style: none; margin: 0; padding: 0 }
tr.token th { padding-left: 1.8rem; font-weight: 400 }
.wallets td:nth-child(3) { font-family: ui-monospace, monospace }
.wallets i { font-style: normal }
.wallets :not(:hover, :focus) > i { font-size: 0 }
.wallets :not(:hover, :focus) > i::before { content: "…"; font-size: 1rem }
.wallets svg { width: 6.4rem; height: 1.35rem; display: block }
.wallets td:nth-child(9) path { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke }
.wallets td:nth-child(5) svg { height: .55rem; background: var(--line) }
.wallets td:nth-child(5) path { fill: var(--accent) }
.wallets .low td:nth-child(5) path { fill: var(--red) }
.wallets td:nth-child(5) path + path { stroke: var(--ink) }
form { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; margin: 0 0 1rem }
label { display: grid; gap: .15rem; font-size: .85rem; color: var(--soft) }
input, select, button { font: inherit; color: var(--ink); background: var(--back); border: 1px solid var(--soft); border-radius: .3rem; padding: .3rem .5rem; height: 2.3rem; max-width: 100% }
select { max-width: 16rem }
button { background: var(--accent); color: var(--back); border-color: var(--accent) }
nav { margin-top: 1rem }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .75rem; font-size: .9rem }
.whole { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
h3 { font-size: 1rem; margin: 1rem 0 .5rem }
dl { display: grid; gap: .3rem; margin: 1rem 0 }
dl div { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem }
dt { color: var(--soft) }
dt::first-letter { text-transform: uppercase }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
.plot { width: 100%; max-width: 56rem; height: auto; overflow: visible; font: 11px system-ui, sans-serif }
.plot .line { fill: none; stroke: var(--accent); stroke-width: 2 }
.plot .grid path { stroke: var(--line) }
.plot text { fill: var(--soft) }
.plot .levels path { stroke: var(--red); stroke-dasharray: 4 3 }
.plot .levels text { fill: var(--red); paint-order: stroke; stroke: var(--back); stroke-width: 3px }
.plot .levels .warning path { stroke: var(--amber) }
.plot .levels .warning text { fill: var(--amber) }
.plot .levels :is(.target, .maximum) path { stroke: var(--soft) }
.plot .levels :is(.target, .maximum) text { fill: var(--soft) }
.plot circle { fill: var(--back); stroke: var(--green); stroke-width: 2 }
.level { display: block; font-size: .9rem; line-height: 1.3; margin-bottom: .15rem }
.cards .level { display: inline; font-size: inherit }
.wall { font-size: 150% }
.wall body { max-width: none }
.wall h1 { font-size: 2.4rem }
.wall .wallets :is(th, td):is(:nth-child(3), :nth-child(6)) { display: none }
.wall form, .wall nav, .wall footer { display: none }
@media (max-width: 40rem) { dl div { grid-template-columns: 1fr; gap: 0 } body { padding: 1rem } h1 { font-size: 1.3rem } .cards { grid-template-columns: 1fr } table { font-size: .92rem } th, td { padding: .45rem .3rem } th[scope=row] { font-size: inherit; min-width: 6.8rem }
  .networks td { white-space: normal } .networks :is(th, td):is(:nth-child(2), :nth-child(3), :nth-child(5)) { display: none }
  .wallets thead th { white-space: normal } .wallets :is(th, td):is(:nth-child(3), :nth-child(5), :nth-child(6), :nth-child(7), :nth-child(9), :nth-child(10)) { display: none }
  .plot text { font-size: 20px } .plot .time:nth-of-type(even) { display: none } }
@media print { form, nav, .pause { display: none } body { max-width: none; padding: 0 } }
@media (prefers-reduced-motion: reduce) { * { animation: none; transition: none } }
`;
