using S2nTls.Elsewhere;

// ask | resolve | later | serve SETTING… -- CONFIGURATION… | get URL SETTING…
return args switch
{
    ["ask"] => await Asking.RunAsync(),
    ["later"] => Asking.RunBeforeItIsThere(),
    ["resolve"] => Asking.RunWithOwnResolver(),
    ["serve", .. string[] rest] => await Serving.RunAsync(rest.TakeWhile(static word => word != "--").ToArray(), [.. rest.SkipWhile(static word => word != "--").Skip(1)]),
    ["get", string url, .. string[] settings] => await Getting.RunAsync(new Uri(url), settings),
    _ => 2,
};
