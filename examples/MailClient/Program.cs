using Examples;

return await CommandRunner.RunAsync(MailClientCommand.Create(), args);
