namespace LstmSharp.Kernels;

internal static unsafe class ElementaryFunctions<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private static TVector Map(TVector x, Func<float, float> f)
    {
        float* p = stackalloc float[16];
        TSimd.Store(x, p);
        for (int i = 0; i < TSimd.Lanes; i++) { p[i] = f(p[i]); }
        return TSimd.Load(p);
    }
    public static TVector Exp(TVector x) => Map(x, MathF.Exp);
    public static TVector Tanh(TVector x) => Map(x, v => (float)Math.Tanh(v));
    public static TVector Sigmoid(TVector x) => Map(x, v => (float)(1 / (1 + Math.Exp(-(double)v))));
}
