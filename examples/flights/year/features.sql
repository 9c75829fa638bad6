SELECT d.flight, d.time_hour, d.arr_delay > 15 AS delayed, d.carrier, d.origin, d.dest, d.hour,
  d.hour * 60 + d.minute AS minute_of_day,
  dayname(make_date(d.year, d.month, d.day)) AS weekday,
  d.distance,
  count(*) OVER (PARTITION BY d.origin, d.time_hour) AS departures,
  count(*) OVER (PARTITION BY d.origin, d.carrier, d.time_hour) AS carrier_departures,
  w.temp, w.dewp, w.humid, w.wind_dir, w.wind_speed, w.wind_gust, ln(1 + 100 * w.precip) AS precip, w.pressure, w.visib,
  d.year - p.year AS plane_age, p.seats, p.manufacturer, p.engine
FROM data d
LEFT JOIN weather w ON w.origin = d.origin AND w.time_hour = d.time_hour
LEFT JOIN planes p ON p.tailnum = d.tailnum
