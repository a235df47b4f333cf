-- Estate: how long the kit takes from power-on to the first useful page. About devices only: nothing here says who used one, or what was seen.
-- Distributed by device.
create table device_start (
  device text collate "C" not null,                 -- opaque: a hash made on the device, the same whoever uses it
  start text collate "C" not null,                  -- opaque, one for each start: also what the device's browser shows once
  site text not null,                               -- as the operator named it: 'ward 4', 'RVG'
  powered_on_at timestamptz not null,               -- by our clock: when we heard, less the time since power-on that the device told
  heard_at timestamptz not null,
  opened_at timestamptz,                            -- the browser showed the start; a second time it is not believed
  primary key (device, start));
create index device_start_heard on device_start (heard_at);

create table device_event (
  device text collate "C" not null, start text collate "C" not null,
  kind text not null check (kind in ('sign-in', 'browser', 'first-page', 'page-first-byte', 'page-readable', 'page-loaded')),
  ms integer not null check (ms between 0 and 86400000), -- the first three since power-on; those of the page since it was asked for
  at timestamptz not null,
  primary key (device, start, kind));
