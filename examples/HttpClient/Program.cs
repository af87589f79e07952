using Examples;

return await CommandRunner.RunAsync(HttpClientCommand.Create(), args);
