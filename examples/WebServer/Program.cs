using Examples;

return await CommandRunner.RunAsync(WebServerCommand.Create(), args);
