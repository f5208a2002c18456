from duijie.cli.main import main

main()
