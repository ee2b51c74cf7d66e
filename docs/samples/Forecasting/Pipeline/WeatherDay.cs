namespace LstmSharp.Samples.Forecasting;

/// <summary>One day's weather: precipitation in mm, temperatures in °C, wind in m/s.</summary>
internal readonly record struct WeatherDay(DateOnly Date, float Precipitation, float Maximum, float Minimum, float Wind);
