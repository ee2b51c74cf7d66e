using System.Numerics.Tensors;
// <security-usings>
using System.Security.Cryptography;
using LstmSharp;
// </security-usings>

namespace Documentation;

/// <summary>The examples of docs/guide/security.md.</summary>
public sealed class SecuritySnippets
{
    [Fact]
    public void Upload_WithinLimits_IsLoadedAndAnyOtherRefused()
    {
        string path = SavedModel("upload.safetensors", outputs: 3);

        // <security-upload>
        SequenceModel LoadUpload(string path)
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > 50_000_000)                                       // your limit
            {
                throw new InvalidDataException("The model file is too large.");
            }

            SequenceModel model = SequenceModel.Load(file);                     // ModelFileException: damaged, or something else
            if (model.InputSize != 6 || model.OutputSize != 3 || model.Layers.Count > 8 || model.Layers.Any(layer => layer.OutputSize > 1024))
            {
                throw new InvalidDataException($"Another model was expected than {model}.");
            }

            if (model.Parameters.Any(parameter => parameter.Values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) >= 0))
            {
                throw new InvalidDataException("A weight is not finite.");
            }

            return model;
        }
        // </security-upload>

        LoadUpload(path).OutputSize.Should().Be(3);
        FluentActions.Invoking(() => LoadUpload(SavedModel("upload.safetensors", outputs: 4))).Should().Throw<InvalidDataException>()
            .WithMessage("Another model was expected than SequenceModel(6 => *");
        FluentActions.Invoking(() => LoadUpload(SavedModel("upload.safetensors", outputs: 3, float.NaN))).Should()
            .Throw<InvalidDataException>().WithMessage("A weight is not finite.");
        FluentActions.Invoking(() => LoadUpload(SavedModel("upload.safetensors", outputs: 3, float.NegativeInfinity))).Should()
            .Throw<InvalidDataException>().WithMessage("A weight is not finite.");
        File.WriteAllBytes(path, new byte[100]);
        FluentActions.Invoking(() => LoadUpload(path)).Should().Throw<ModelFileException>();
        using (FileStream large = File.Create(path))
        {
            large.SetLength(50_000_001);
        }

        FluentActions.Invoking(() => LoadUpload(path)).Should().Throw<InvalidDataException>().WithMessage("*too large.");
        File.Delete(path);
    }

    [Fact]
    public void Signature_OfAFile_IsAskedForBeforeItIsLoaded()
    {
        string path = SavedModel("weather-signed.safetensors", outputs: 3);
        using ECDsa privateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string publicKeyPem = privateKey.ExportSubjectPublicKeyInfoPem();

        // <security-sign>
        byte[] saved = File.ReadAllBytes("weather-signed.safetensors");         // where the model is made
        File.WriteAllBytes("weather-signed.safetensors.sig", privateKey.SignData(saved, HashAlgorithmName.SHA256));
        // </security-sign>

        // <security-verify>
        byte[] bytes = File.ReadAllBytes("weather-signed.safetensors");         // where it is used: read once, verify, load the same bytes
        byte[] signature = File.ReadAllBytes("weather-signed.safetensors.sig");
        using ECDsa publicKey = ECDsa.Create();
        publicKey.ImportFromPem(publicKeyPem);                                  // part of your program, not of the download
        if (!publicKey.VerifyData(bytes, signature, HashAlgorithmName.SHA256))
        {
            throw new CryptographicException("The model file is not the one that was signed.");
        }

        SequenceModel model = SequenceModel.Load(new MemoryStream(bytes));
        // </security-verify>

        model.Predict(Tensor.CreateFromShape<float>([2, 1, 6])).Should()
            .Equal(SequenceModel.Load(path).Predict(Tensor.CreateFromShape<float>([2, 1, 6])));
        bytes[^1] ^= 1;
        publicKey.VerifyData(bytes, signature, HashAlgorithmName.SHA256).Should().BeFalse();
        File.Delete(path);
        File.Delete(path + ".sig");
    }

    private static string SavedModel(string path, int outputs, float weight = 0.5f)
    {
        SequenceModel model = SequenceModel.Create(inputSize: 6).Lstm(8).TakeLast().Dense(outputs).Build(seed: 1);
        model.Parameters["2.Bias"].Edit(values => values[0] = weight);
        model.Save(path);
        return path;
    }
}
